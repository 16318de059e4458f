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
            ("overview", "Share of turns that failed", "gateway:openclaw_lock_timeouts:ratio_rate5m", 0),
            ("overview", "Threads that hang in the kernel", "gateway:openclaw_lock_gateway_blocked_seconds:rate5m", 0),
            ("overview", "Hurt gateways, by exporter", "instance:openclaw_lock_gateways_hurt:count", 0),
            ("overview", "Disk: time a write or flush", "gateway:openclaw_lock_disk_wait_seconds:ratio_rate5m", 0),
            ("overview", "SQLite: one writer holds the lock", "gateway:openclaw_lock_sqlite_writer_held_seconds:max", 0),
            ("gateway", "Disk below the state directory: time a request", "gateway:openclaw_lock_disk_wait_seconds:ratio_rate5m", 0),
            ("gateway", "SQLite: how long one writer has held the lock", "gateway:openclaw_lock_sqlite_writer_held_seconds:max", 0),
            ("gateway", "Time spent waiting for disks", "gateway:openclaw_lock_gateway_disk_stalled_seconds:rate5m", 0),
            ("gateway", "SQLite: lines of contention (10 min)", "gateway:openclaw_lock_sqlite_contention_events:increase10m", 0),
            ("gateway", "Share of turns, 5 min", "gateway:openclaw_lock_timeouts:ratio_rate5m", 0),
            ("gateway", "Share of turns that failed, by agent", "agent:openclaw_lock_timeouts:ratio_rate5m", 0),
            # More than one: from two on.
            ("gateway", "Gateways running", "openclaw_lock_gateway_instances", 1),
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
        for name, title in (
            ("overview", "Failed turns, 10 min"),
            ("gateway", "Failed turns, 10 min"),
            ("overview", "Failed turns in 10 minutes, of the ten worst gateways"),
            ("gateway", "Turns that failed for want of a lock, in 10 minutes"),
        ):
            self.assertEqual({limit(name, title) - 0.5}, count, title)

    def test_ages_are_those_after_which_alerts_fire(self):
        rules = [rule for group in mixin("prometheusAlerts")["groups"] for rule in group["rules"]]
        after = {name: {seconds_of(rule) for rule in rules if rule["alert"] == name and "for" in rule}
                 for name in ("OpenClawLockHolderDead", "OpenClawLockBlind")}  # fmt: skip
        self.assertIn(60 * limit("overview", "Locks that are held for too long: age"), after["OpenClawLockHolderDead"])
        self.assertIn(60 * limit("exporter", "Since the last success"), after["OpenClawLockBlind"])
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
        self.assertEqual(len(dashed), 15, dashed)


WHO = ("Who is hurt, since when, why, and what to do next", "How it is, since when, why, and what to do next")


def rules():
    groups = mixin("prometheusRules")["groups"] + mixin("prometheusAlerts")["groups"]
    return [rule for group in groups for rule in group["rules"]]


def column(table, name):
    overrides = [each for each in table["fieldConfig"]["overrides"] if each["matcher"]["options"] == name]
    return {each["id"]: each["value"] for override in overrides for each in override["properties"]}


class Reasons(unittest.TestCase):
    def setUp(self):
        self.who = panel("overview", WHO[0])

    def test_the_same_table_is_on_both_dashboards(self):
        own = ("title", "description", "gridPos", "id", "options")
        tables = [panel("overview", WHO[0]), panel("gateway", WHO[1])]
        for table in tables:
            table["fieldConfig"]["defaults"].pop("noValue")
        same = [{key: value for key, value in table.items() if key not in own} for table in tables]
        self.assertEqual(*same)

    def test_each_cause_and_alert_has_words_a_colour_and_a_runbook(self):
        signs = {rule["labels"]["cause"] for rule in rules() if rule.get("record") == "gateway:openclaw_lock_cause:active"}
        alerts = {rule["alert"] for rule in rules() if rule.get("labels", {}).get("severity") in ("critical", "warning")}
        signs |= {alert.removeprefix("OpenClawLock") for alert in alerts}
        expression = self.who["targets"][0]["expr"]
        found = re.findall(r'vector\((\d+)\), "sign", "(\w+)", "", ""\), "next", "(\w+)"', expression)
        self.assertEqual({sign for _, sign, _ in found}, signs | {"StartsRepeat"})
        self.assertEqual({following for _, _, following in found}, alerts)
        words = column(self.who, "Why")["mappings"][0]["options"]
        self.assertEqual(set(words), {rank for rank, _, _ in found})
        self.assertEqual(len({each["text"] for each in words.values()}), len(words))
        self.assertTrue(all(each["color"] for each in words.values()))
        self.assertEqual(set(column(self.who, "Do this next")["mappings"][0]["options"]), alerts)

    def test_links_lead_to_runbooks_that_exist(self):
        url = column(self.who, "Do this next")["links"][0]["url"]
        self.assertTrue(url.endswith("/alerts/runbooks/${__value.raw}.md"), url)
        self.assertEqual(column(panel("overview", "What fires"), "Alert, and its runbook")["links"][0]["url"], url)
        for alert in column(self.who, "Do this next")["mappings"][0]["options"]:
            self.assertTrue((ROOT / "alerts" / "runbooks" / f"{alert}.md").exists(), alert)

    def test_causes_have_colours_of_their_own(self):
        words = column(self.who, "Why")["mappings"][0]["options"]
        for override in panel("overview", "Gateways by cause")["fieldConfig"]["overrides"]:
            told = {each["id"]: each["value"] for each in override["properties"]}
            same = [each["color"] for each in words.values() if each["text"] == told["displayName"]]
            self.assertEqual(same, [told["color"]["fixedColor"]])
            self.assertEqual([each["color"] for each in words.values()].count(same[0]), 1, told["displayName"])

    def test_a_held_page_is_known_by_the_reader_that_its_alert_names(self):
        told = {}
        pattern = (
            r'severity="critical",alertname=~"OpenClawLock\(([^)]*)\)"\}\s+'
            r'unless on \([^)]*\)\s+openclaw_lock_source_up\{[^}]*source="(\w+)"\}'
        )
        for names, source in re.findall(pattern, self.who["targets"][1]["expr"]):
            told.update({f"OpenClawLock{name}": source for name in names.split("|")})
        expected = {}
        for rule in rules():
            if rule.get("labels", {}).get("severity") == "critical":
                (source,) = set(re.findall(r'openclaw_lock_source_up\{source="(\w+)"\}', rule["expr"]))
                expected[rule["alert"]] = source
        # What has no gateway goes by the exporter alone.
        del expected["OpenClawLockManyGatewaysHurt"]
        self.assertEqual(told, expected)


if __name__ == "__main__":
    unittest.main()
