#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests deploy/fleet end to end: exporters, an agent that finds them by files and writes to a receiver, and the rules
there. Called by fleet_test.sh in a network namespace of its own, so that the files are used with the ports they have.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import yaml
from openclaws import PATIENCE, Exporter, OpenClaw, await_that, in_container, loopback_up, place, start
from prometheus_api import PrometheusApi
from verdicts import check, check_soon, run_test

ROOT, BINARY = sys.argv[2:4]
FLEET = f"{ROOT}/deploy/fleet"
PATIENCE_OF_PROMETHEUS = PATIENCE + 30
RECEIVER = PrometheusApi("http://127.0.0.1:9091")


def awaited(text, condition):
    check_soon(text, condition, PATIENCE_OF_PROMETHEUS)


def promtool(*arguments):
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def quickened(where):
    """A copy of the files with shorter intervals, so that the test need not take minutes."""
    shutil.copytree(FLEET, f"{where}/deploy/fleet")
    os.makedirs(f"{where}/alerts")
    shutil.copy(f"{ROOT}/alerts/openclaw-lock.rules.yaml", f"{where}/alerts")
    for folder, _, names in os.walk(where):
        for name in names:
            if name.endswith((".yml", ".yaml")):
                with open(f"{folder}/{name}", encoding="utf-8") as file:
                    text = re.sub(r"(interval): \d+[sm]$", r"\1: 1s", file.read(), flags=re.MULTILINE)
                with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                    file.write(re.sub(r"(for): 5m$", r"\1: 2s", text, flags=re.MULTILINE) if name == "fleet.rules.yaml" else text)
    return f"{where}/deploy/fleet"


def relabeled(meta):
    """Labels of a pod's target by the relabeling of kubernetes.yml; None where it is dropped. Debian's Prometheus is built
    without Kubernetes: the pod comes from a file instead."""
    with open(f"{FLEET}/kubernetes.yml", encoding="utf-8") as file:
        config = yaml.safe_load(file)
    (job,) = config["scrape_configs"]
    if job.pop("kubernetes_sd_configs") != [{"role": "pod"}]:
        raise SystemExit("not ok - kubernetes.yml does not look for pods")
    job["file_sd_configs"] = [{"files": [f"{place}/pods.yml"]}]
    labels = {f"__meta_kubernetes_{name}": value for name, value in meta.items()}
    with open(f"{place}/pods.yml", "w", encoding="utf-8") as file:
        yaml.safe_dump([{"targets": ["10.0.0.7:10069"], "labels": labels}], file)
    with open(f"{place}/pods-prometheus.yml", "w", encoding="utf-8") as file:
        yaml.safe_dump(config, file)
    done = subprocess.run(["promtool", "check", "service-discovery", f"{place}/pods-prometheus.yml", job["job_name"],
                           "--timeout=2s"], capture_output=True, text=True, check=False)
    try:
        (target,) = json.loads(done.stdout)
    except ValueError:
        raise SystemExit(f"not ok - promtool check service-discovery: {done.stdout}{done.stderr}") from None
    return target.get("labels") or None


def test_kubernetes_discovery():
    with open(f"{ROOT}/deploy/kubernetes/monitoring/pod-monitor.yaml", encoding="utf-8") as file:
        (endpoint,) = yaml.safe_load(file)["spec"]["podMetricsEndpoints"]
    with open(f"{FLEET}/kubernetes.yml", encoding="utf-8") as file:
        (job,) = yaml.safe_load(file)["scrape_configs"]

    def plain(relabelings):
        names = {"source_labels": "sourceLabels", "target_label": "targetLabel"}
        return [{names.get(key, key): value for key, value in relabeling.items()} for relabeling in relabelings]

    of_instance = [relabeling for relabeling in plain(job["relabel_configs"]) if relabeling.get("targetLabel") == "instance"]
    check("the PodMonitor names instances as kubernetes.yml does",
          of_instance == [relabeling for relabeling in endpoint["relabelings"] if relabeling["targetLabel"] == "instance"])
    pod = {"namespace": "chat", "pod_label_openclaw_lock_exporter": "sidecar", "pod_container_port_name": "lock-metrics",
           "pod_node_name": "node7"}
    for text, meta, instance in (
            ("a Deployment's pod", {"pod_name": "openclaw-5d4f-x2x", "pod_controller_kind": "ReplicaSet",
                                    "pod_controller_name": "openclaw-5d4f"}, "chat/openclaw"),
            ("a StatefulSet's pod", {"pod_name": "openclaw-0", "pod_controller_kind": "StatefulSet",
                                     "pod_controller_name": "openclaw"}, "chat/openclaw-0"),
            ("a DaemonSet's pod", {"pod_name": "exporter-abcde", "pod_controller_kind": "DaemonSet",
                                   "pod_controller_name": "exporter", "pod_label_openclaw_lock_exporter": "daemonset"}, "node7")):
        labels = relabeled({**pod, **meta}) or {}
        check(f"{text} is instance {instance} of job openclaw-locks",
              (labels.get("instance"), labels.get("job")) == (instance, "openclaw-locks"), str(labels))
    check("the gateway's own port is not scraped", relabeled({**pod, "pod_container_port_name": "gateway"}) is None)
    check("nor are other pods", relabeled({**pod, "pod_label_openclaw_lock_exporter": "x"}) is None)


def run_fleet():
    where = quickened(f"{place}/files")
    openclaw = OpenClaw("openclaw", in_container(), "/tmp", "/home/node")
    exporter = Exporter("exporter", [BINARY, "--web.listen-address=127.0.0.1:10069", "--sample.interval=250ms",
                                     f"--openclaw.state-dir=main={openclaw.state}"])
    await_that("the exporter starts", exporter.find_url)
    logs = {name: open(f"{place}/{name}.log", "wb") for name in ("receiver", "agent")}
    start(["prometheus", f"--config.file={where}/receiver.yml", f"--storage.tsdb.path={place}/receiver",
           "--web.listen-address=127.0.0.1:9091", "--web.enable-remote-write-receiver"], stdout=logs["receiver"], stderr=logs["receiver"])
    await_that("the receiver is ready", lambda: RECEIVER.get("status/runtimeinfo"), PATIENCE_OF_PROMETHEUS)
    agent = start(["prometheus", "--enable-feature=agent", f"--config.file={where}/agent.yml", f"--storage.agent.path={place}/agent",
                   "--web.listen-address=127.0.0.1:9090"], stdout=logs["agent"], stderr=logs["agent"])
    mine = 'job="openclaw-locks",instance="127.0.0.1:10069",cluster="berlin",team="support"'
    awaited("the receiver gets a lock's holder with the labels of target and agent",
            lambda: RECEIVER.query(f'openclaw_lock_files{{{mine},gateway="main",kind="session",holder="alive"}} == 1'))
    awaited("no series of others is sent", lambda: not RECEIVER.query('{__name__=~"scrape_.+|go_.+",job="openclaw-locks"}')
            and RECEIVER.query(f"up{{{mine}}} == 1"))
    with open(f"{ROOT}/alerts/openclaw-lock.rules.yaml", encoding="utf-8") as file:
        rules = [rule for group in yaml.safe_load(file)["groups"] for rule in group["rules"]]

    def healthy():
        data = RECEIVER.get("rules")
        found = [rule for group in data["groups"] for rule in group["rules"]] if data else []
        return len(found) == len(rules) + 1 and all(rule["health"] == "ok" for rule in found)

    awaited(f"the {len(rules)} rules and that of the fleet are evaluated at the receiver", healthy)
    awaited("a recorded series keeps the labels of the fleet",
            lambda: RECEIVER.query(f'gateway:openclaw_lock_files:sum{{{mine},gateway="main"}}'))
    awaited("series of a job are recorded for each cluster",
            lambda: RECEIVER.query('job:openclaw_lock_gateways:count{cluster="berlin"}'))
    openclaw.fail()
    awaited("that a holder has died is a cause there, with these labels",
            lambda: RECEIVER.query(f'gateway:openclaw_lock_cause:active{{{mine},gateway="main",cause="dead_holder"}}'))
    with open(f"{where}/targets/more.yml", "w", encoding="utf-8") as file:
        yaml.safe_dump([{"targets": ["127.0.0.1:1"], "labels": {"team": "sales"}}], file)
    awaited("a target that is added to a file is scraped without a reload",
            lambda: RECEIVER.query('up{job="openclaw-locks",cluster="berlin",team="sales"} == 0'))
    awaited("and its exporter, which is down, is an alert",
            lambda: RECEIVER.query('ALERTS{alertname="OpenClawLockExporterDown",cluster="berlin",team="sales"}'))
    os.killpg(agent.pid, signal.SIGKILL)
    # Without a word at the end its series stay for the five minutes of Prometheus' look-back; the rule is asked then.
    later = time.time() + 330
    expression = rules_of_fleet()["expr"]

    def silent():
        found = RECEIVER.query(expression, time=later)
        return [metric for metric, _ in found] == [{"job": "openclaw-locks", "cluster": "berlin"}]

    awaited("an agent that was killed makes its cluster silent", silent)
    check("before that it was not", not RECEIVER.query(expression))


def rules_of_fleet():
    with open(f"{FLEET}/fleet.rules.yaml", encoding="utf-8") as file:
        (group,) = yaml.safe_load(file)["groups"]
    (rule,) = group["rules"]
    return rule


def main():
    loopback_up()
    for name, options in (("agent.yml", ["--agent"]), ("receiver.yml", [])):
        fine, output = promtool("check", "config", *options, f"{FLEET}/{name}")
        check(f"promtool takes {name}", fine, output)
    fine, output = promtool("check", "rules", f"{FLEET}/fleet.rules.yaml")
    check("promtool takes fleet.rules.yaml", fine, output)
    with open(f"{FLEET}/agent.yml", encoding="utf-8") as file:
        broken = file.read().replace("file_sd_configs", "files_sd_configs")
    with open(f"{place}/broken.yml", "w", encoding="utf-8") as file:
        file.write(broken)
    check("and refuses an unknown key", not promtool("check", "config", "--agent", f"{place}/broken.yml")[0])
    test_kubernetes_discovery()
    run_fleet()


run_test(main)
