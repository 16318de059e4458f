#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is checked in is what jsonnet makes of the sources, and its thresholds are those of the alerts."""

import json
import re
import subprocess
import unittest

from backfill import mixin, run
from checked_in import FOLDER, NAMES, dashboard, panel
from exporter_families import ROOT


def seconds_of(rule):
    number, unit = re.fullmatch(r"(\d+)(s|m|h)", rule["for"]).groups()
    return int(number) * {"s": 1, "m": 60, "h": 3600}[unit]


def numbers(pattern, kind):
    """What the rules compare a series with: every number that stands behind it."""
    found = set()
    for group in mixin(kind)["groups"]:
        for rule in group["rules"]:
            found.update(float(number) for number in re.findall(pattern, rule["expr"]))
    return found


def limit(name, title, kind=None):
    """The last threshold of a panel."""
    return float(panel(name, title, kind)["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"])


class Rendered(unittest.TestCase):
    def test_files_are_what_jsonnet_makes(self):
        run(ROOT / "alerts" / "render.sh", "--check")
        self.assertEqual(set(mixin("grafanaDashboards")), {path.name for path in FOLDER.glob("*.json")})

    def test_sources_are_formatted(self):
        for source in sorted(FOLDER.glob("*.libsonnet")):
            with self.subTest(source.name):
                self.assertEqual(run("jsonnetfmt", source), source.read_text())

    def test_selector_of_the_configuration_is_in_every_query(self):
        source = f"((import '{ROOT}/alerts/mixin.libsonnet') + {{_config+:: {{selector: 'cluster=\"eu\"'}}}}).grafanaDashboards"
        for name, found in json.loads(run("jsonnet", "-e", source)).items():
            for each in found["panels"]:
                for target in each.get("targets", []):
                    braces = target["expr"].count("{")
                    self.assertEqual(target["expr"].count('{cluster="eu",'), braces, f"{name}: {each['title']}")

    def test_jsonnet_that_fails_is_told(self):
        with self.assertRaisesRegex(RuntimeError, "field does not exist"):
            mixin("grafanaDashboard")
        self.assertNotEqual(subprocess.run(["jsonnetfmt", "--test", "-"], input="{a:1}", text=True).returncode, 0)


class Thresholds(unittest.TestCase):
    def test_lines_stand_where_the_alerts_begin(self):
        number = r" (?:>|>=|==) ([\d.]+)"
        window = r"(?:\{[^}]*\})?(?:\[\w+\]\))?"
        for name, title, series, plus in (
            ("overview", "Share of turns that failed", "agent:openclaw_lock_timeouts:ratio_rate5m", 0),
            ("overview", "Disk: time a write or flush", "gateway:openclaw_lock_disk_wait_seconds:ratio_rate5m", 0),
            ("overview", "SQLite: one writer holds the lock", "gateway:openclaw_lock_sqlite_writer_held_seconds:max", 0),
            ("gateway", "Disk below the state directory: time a request", "gateway:openclaw_lock_disk_wait_seconds:ratio_rate5m", 0),
            ("gateway", "SQLite: how long one writer has held the lock", "gateway:openclaw_lock_sqlite_writer_held_seconds:max", 0),
            ("gateway", "Time spent waiting for disks", "gateway:openclaw_lock_gateway_disk_stalled_seconds:rate5m", 0),
            ("gateway", "SQLite: lines of contention (10 min)", "gateway:openclaw_lock_sqlite_contention_events:increase10m", 0),
            ("gateway", "Turns failed", "agent:openclaw_lock_timeouts:ratio_rate5m", 0),
            # More than one: from two on.
            ("gateway", "Gateways", "openclaw_lock_gateway_instances", 1),
            ("gateway", "Gateways, writers and restarts", "openclaw_lock_gateway_instances", 1),
            ("gateway", "Stuck locks", "openclaw_lock_overdue_files", 1),
        ):
            with self.subTest(f"{name}: {title}"):
                pattern = re.escape(series) + window + number
                compared = numbers(pattern, "prometheusAlerts") | numbers(pattern, "prometheusRules")
                self.assertIn(limit(name, title) - plus, compared)

    def test_counts_of_incidents_are_those_of_the_page(self):
        count = numbers(r"agent:openclaw_lock_timeouts:increase10m > ([\d.]*[1-9])", "prometheusRules")
        self.assertEqual(len(count), 1)
        self.assertEqual({limit("overview", "Incidents (10m)"), limit("gateway", "Incidents (10m)")}, count)
        self.assertEqual({limit("overview", "Incidents by gateway (10 min)") - 0.5}, count)

    def test_ages_are_those_after_which_alerts_fire(self):
        rules = [rule for group in mixin("prometheusAlerts")["groups"] for rule in group["rules"]]
        after = {name: {seconds_of(rule) for rule in rules if rule["alert"] == name and "for" in rule}
                 for name in ("OpenClawLockHolderDead", "OpenClawLockBlind")}  # fmt: skip
        self.assertIn(limit("overview", "Locks that nobody will release: age"), after["OpenClawLockHolderDead"])
        self.assertIn(limit("exporter", "Since the last success"), after["OpenClawLockBlind"])
        self.assertIn(limit("exporter", "Oldest success"), after["OpenClawLockBlind"])

    def test_every_dashed_line_is_held_against_an_alert(self):
        # A new line must be added above.
        dashed = {
            (name, each["title"])
            for name in NAMES
            for each in dashboard(name)["panels"]
            if each["type"] == "timeseries"
            and each["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"]["mode"] == "dashed"
        }
        self.assertEqual(len(dashed), 11, dashed)


class Causes(unittest.TestCase):
    def test_each_cause_of_the_rules_has_words_and_a_runbook(self):
        recorded = {
            rule["labels"]["cause"]
            for group in mixin("prometheusRules")["groups"]
            for rule in group["rules"]
            if rule["record"] == "gateway:openclaw_lock_cause:active"
        }
        table = panel("overview", "Who is hurt, and the likely cause")
        cell = next(each for each in table["fieldConfig"]["overrides"] if each["matcher"]["options"] == "Likely cause")
        mapping = next(each["value"] for each in cell["properties"] if each["id"] == "mappings")[0]["options"]
        self.assertEqual(set(mapping), recorded | {"none_seen"})
        self.assertEqual(len({each["color"] for each in mapping.values()}), len(mapping))
        alerts = {rule["alert"] for group in mixin("prometheusAlerts")["groups"] for rule in group["rules"]}
        for override in panel("overview", "Gateways by cause")["fieldConfig"]["overrides"]:
            link = next(each["value"] for each in override["properties"] if each["id"] == "links")[0]["url"]
            self.assertIn(re.search(r"/alerts/runbooks/(\w+)\.md$", link)[1], alerts)


if __name__ == "__main__":
    unittest.main()
