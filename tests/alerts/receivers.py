#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes configurations and data of alerts/receivers for receivers_test.sh, on standard output.

   receivers.py example EXAMPLE FILE...        EXAMPLE with the receivers of one FILE, or of all in one
   receivers.py data COUNT STATUS < ALERTS     what Alertmanager hands to a template: so many of the alerts, as JSON
"""
import json
import os
import sys

import yaml


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def example(path, files):
    configuration = load(path)
    replaced = {}
    for receiver in (receiver for file in files for receiver in load(file)["receivers"]):
        replaced.setdefault(receiver["name"], {}).update(receiver)
    configuration["receivers"] = [replaced.get(receiver["name"], receiver) for receiver in configuration["receivers"]]
    configuration["templates"] = [os.path.join(os.path.dirname(os.path.abspath(files[0])), "openclaw-lock.tmpl")]
    return configuration


def data(alerts, count, status):
    group = {"job": "openclaw-locks", "instance": "host:10069", "gateway": "main", "cluster": "eu"}
    chosen = [{
        "status": status, "startsAt": "2026-11-30T03:04:05Z",
        "endsAt": "2026-11-30T04:05:06Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "labels": {**group, **alert["labels"], "alertname": alert["alert"], "agent": "work"},
        "annotations": alert["annotations"],
    } for alert in alerts[:count]]
    return {"receiver": "page", "status": status, "alerts": chosen, "groupLabels": group,
            "externalURL": "http://alertmanager.example",
            "commonLabels": {**group, "severity": "critical"}, "commonAnnotations": {}}


if sys.argv[1] == "example":
    yaml.safe_dump(example(sys.argv[2], sys.argv[3:]), sys.stdout, sort_keys=False)
else:
    json.dump(data(json.load(sys.stdin), int(sys.argv[2]), sys.argv[3]), sys.stdout)
