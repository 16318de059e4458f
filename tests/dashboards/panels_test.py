#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus with the history of each class of incident and the real rules answers every panel, and the overview
tells the classes apart."""

import math
import pathlib
import re
import tempfile
import unittest

from backfill import ENDS, Prometheus, add_history, add_rules, fill, passes, rule_groups
from checked_in import NAMES, dashboard, panel
from history import CAUSES, CLASSES, HURT

HOURS = 1.5
STEP = 60
RANGE = int(HOURS * 3600)
# By rules of Grafana for a minimum step of a minute.
RATE_INTERVAL = 240
# As a person would wait for; on a loaded machine it is an average of several.
QUERY_SECONDS = 2.0  # of a processor

IN_TROUBLE = set(CAUSES)
HEALTHY = {"healthy"}
# The gateway that is drilled into in class I keeps its sessions in SQLite; no other does.
NO_LOCK_FILES = {"I"}
NO_SQLITE = set(CLASSES) - {"I"}
# Only the gateway that is hurt in A and E has the disk probe enabled.
NO_PROBE = set(CLASSES) - {"A", "E"}
NO_BLIND = set(CLASSES) - {"F"}
# Panels that are empty, and rightly so, in these classes. Each of them says why, in its own words.
EMPTY = {
    ("overview", "Main causes, and at how many gateways", "stat"): HEALTHY,
    ("overview", "Who is hurt, and the likely cause", "table"): HEALTHY,
    ("overview", "Firing alerts", "table"): HEALTHY,
    ("overview", "Gateways by cause", "timeseries"): HEALTHY,
    ("overview", "Locks that nobody will release: age", "timeseries"): set(CLASSES) - {"A", "B"},
    ("gateway", "Likely cause", "stat"): HEALTHY,
    ("gateway", "Last incident", "stat"): HEALTHY,
    ("gateway", "Turns that failed for want of a lock", "timeseries"): HEALTHY,
    ("gateway", "Log: what the gateway said", "timeseries"): HEALTHY,
    ("gateway", "Waits that reached the log", "timeseries"): HEALTHY,
    ("gateway", "Stuck locks", "stat"): NO_LOCK_FILES,
    ("gateway", "Locks by holder", "timeseries"): NO_LOCK_FILES,
    ("gateway", "Age of the oldest lock", "timeseries"): NO_LOCK_FILES,
    ("gateway", "Holds: how long locks were held", "timeseries"): NO_LOCK_FILES,
    ("gateway", "Locks taken, and how holds ended", "timeseries"): NO_LOCK_FILES,
    ("gateway", "Overdue locks", "timeseries"): NO_LOCK_FILES,
    ("gateway", "SQLite: how long one writer has held the lock", "timeseries"): NO_SQLITE,
    ("gateway", "SQLite: size of databases", "timeseries"): NO_SQLITE,
    ("gateway", "Disk probe", "timeseries"): NO_PROBE,
    ("exporter", "Sources that are down", "table"): NO_BLIND,
    ("exporter", "Problems that readers met", "timeseries"): NO_BLIND,
}


def variables(name, incident_class):
    chosen = {"job": ".+", "instance": ".+", "gateway": ".+", "agent": ".*"}
    if name == "gateway":
        hurt = HURT.get(incident_class, {("host-a:10069", "assistant"): []})
        chosen["instance"], chosen["gateway"] = next(iter(hurt))
    return chosen


def expression(target, name, incident_class):
    text = target["expr"].replace("$__rate_interval", f"{RATE_INTERVAL}s").replace("$__range", f"{RANGE}s")
    for variable, value in variables(name, incident_class).items():
        text = re.sub(rf"\${variable}\b", value, text)
    if "$" in text:
        raise ValueError(f"a variable that is not known: {text}")
    return text


def answer(server, target, name, incident_class):
    """The series that a target shows."""
    end = ENDS[incident_class] - 30
    text = expression(target, name, incident_class)
    if target["instant"]:
        found = [(each["metric"], [each["value"]]) for each in server.query(text, end)]
    else:
        start = (end - RANGE) // STEP * STEP
        found = [(each["metric"], each["values"]) for each in server.query_range(text, start, end, STEP)]
    return [each for each in found if any(math.isfinite(float(value)) for _, value in each[1])]


def queried(name):
    return [each for each in dashboard(name)["panels"] if each.get("targets")]


class Classes(unittest.TestCase):
    maxDiff = None
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        data = pathlib.Path(folder.name)
        fill(data, CLASSES, HOURS, STEP)
        cls.server = cls.enterClassContext(Prometheus(data))

    def value(self, title, incident_class):
        found = answer(self.server, panel("overview", title, "stat")["targets"][0], "overview", incident_class)
        self.assertEqual(len(found), 1, title)
        return float(found[0][1][0][1])

    def test_every_panel_has_data_or_says_why_not(self):
        empty = {}
        for name in NAMES:
            for each in queried(name):
                for incident_class in CLASSES:
                    if not any(answer(self.server, target, name, incident_class) for target in each["targets"]):
                        empty.setdefault((name, each["title"], each["type"]), set()).add(incident_class)
        self.assertEqual(empty, EMPTY)
        for where in empty:
            defaults = panel(*where)["fieldConfig"]["defaults"]
            self.assertGreater(len(defaults.get("noValue", "")), 7, where)

    def test_every_target_has_data_in_some_class(self):
        for name in NAMES:
            for each in queried(name):
                for target in each["targets"]:
                    with self.subTest(f"{name}: {each['title']} {target['refId']}"):
                        self.assertTrue(any(answer(self.server, target, name, each_class) for each_class in CLASSES))

    def test_overview_tells_who_is_hurt_and_why(self):
        table = panel("overview", "Who is hurt, and the likely cause")["targets"]
        for incident_class in CLASSES:
            with self.subTest(incident_class):
                expected = {(*where, CAUSES[incident_class]) for where in HURT.get(incident_class, ())}
                incidents, hurt_for = (answer(self.server, target, "overview", incident_class) for target in table)
                rows = {(each["instance"], each["gateway"], each["cause"]): float(value[0][1]) for each, value in incidents}
                self.assertEqual(set(rows), expected)
                self.assertTrue(all(count >= 3 for count in rows.values()), rows)
                # All troubles begin 45 minutes before the end, the first turn that fails soon after.
                for labels, value in hurt_for:
                    self.assertIn((labels["instance"], labels["gateway"], labels["cause"]), expected)
                    self.assertTrue(38 * 60 < float(value[0][1]) < 47 * 60, value)
                self.assertEqual(len(hurt_for), len(expected))

    def test_overview_counts(self):
        for incident_class in CLASSES:
            with self.subTest(incident_class):
                hurt = len(HURT.get(incident_class, ()))
                self.assertEqual(self.value("Gateways", incident_class), 4)
                self.assertEqual(self.value("Hurt gateways", incident_class), hurt)
                self.assertEqual(self.value("Incidents (10m)", incident_class) > 0, hurt > 0)
                self.assertEqual(self.value("Firing alerts", incident_class) > 0, hurt > 0)
                self.assertEqual(self.value("Blind gateways", incident_class), 1 if incident_class == "F" else 0)

    def test_causes_are_told_by_the_drill_down_as_well(self):
        target = panel("gateway", "Likely cause")["targets"][0]
        for incident_class in CLASSES:
            found = answer(self.server, target, "gateway", incident_class)
            causes = {labels["cause"] for labels, _ in found}
            self.assertEqual(causes, {CAUSES[incident_class]} if incident_class in CAUSES else set())

    def test_alerts_of_each_class_fire_as_annotations(self):
        for name in NAMES:
            query = dashboard(name)["annotations"]["list"][0]["expr"]
            with self.subTest(name):
                found = {
                    incident_class: {
                        labels["alertname"]
                        for labels, _ in answer(self.server, {"expr": query, "instant": True}, name, incident_class)
                    }
                    for incident_class in CLASSES
                }
                self.assertEqual(found["healthy"], set())
                if name != "exporter":
                    for incident_class in IN_TROUBLE:
                        self.assertIn("OpenClawLockTimeouts", found[incident_class])

    def test_variables_list_what_there_is(self):
        end = ENDS["A"] - 30
        expected = {
            "job": {"openclaw-locks"},
            "instance": {"host-a:10069", "host-b:10069"},
            "gateway": {"assistant", "support", "sales", "research"},
            "agent": {"", "main", "work", "billing", "triage", "outreach"},
        }
        for name in NAMES:
            for variable in dashboard(name)["templating"]["list"]:
                if variable["type"] != "query":
                    continue
                selector, label = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"]).groups()
                text = expression({"expr": f"count by ({label}) ({selector})"}, "overview", "A")
                values = {each["metric"].get(label, "") for each in self.server.query(text, end)}
                self.assertEqual(values, expected[label], f"{name}: {variable['name']}")

    def test_prometheus_refuses_what_is_wrong(self):
        with self.assertRaisesRegex(ValueError, "parse error"):
            answer(self.server, {"expr": "sum by (a (b)", "instant": True}, "overview", "A")


class Thousand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        data = pathlib.Path(folder.name)
        add_history(data, "thousand", 0.6, STEP)
        add_rules(data, ["thousand"], 0.6, rule_groups())
        cls.server = cls.enterClassContext(Prometheus(data))

    def test_overview_is_readable_and_cheap(self):
        for each in queried("overview"):
            for target in each["targets"]:
                began = self.server.processor_seconds()
                found = answer(self.server, target, "overview", "thousand")
                took = self.server.processor_seconds() - began
                rows = len(found)
                print(f"  {each['title']} {target['refId']}: {rows} series, {took * 1000:.0f} ms of a processor")
                self.assertLess(took, QUERY_SECONDS, each["title"])
                self.assertLessEqual(rows, 40 if each["type"] == "table" else 10, each["title"])
                self.assertGreater(rows, 0, each["title"])

    def test_overview_finds_the_few_in_trouble(self):
        table = panel("overview", "Who is hurt, and the likely cause")["targets"][0]
        found = {(labels["gateway"], labels["cause"]) for labels, _ in answer(self.server, table, "overview", "thousand")}
        for expected in (("oc017", "dead_holder"), ("oc121", "duplicate_gateways"), ("oc701", "disk_stall"), ("oc815", "sqlite_contention")):
            self.assertIn(expected, found)
        self.assertEqual(len(found), 18)
        gateways, blind = (
            answer(self.server, panel("overview", title, "stat")["targets"][0], "overview", "thousand")
            for title in ("Gateways", "Blind gateways")
        )
        self.assertEqual([gateways[0][1][0][1], blind[0][1][0][1]], ["1000", "2"])


class Passes(unittest.TestCase):
    def test_rules_come_after_those_they_read(self):
        rules = [{"record": "a:b:c", "expr": "sum(d:e:f)"}, {"record": "d:e:f", "expr": "up"}, {"alert": "X", "expr": "a:b:c"}]
        result = passes([{"name": "g", "rules": rules}])
        self.assertEqual([[rule["record"] for rule in group["rules"]] for level in result for group in level], [["d:e:f"], ["a:b:c"]])
        with self.assertRaises(ValueError):
            passes([{"name": "g", "rules": [*rules[:1], {"record": "d:e:f", "expr": "a:b:c > 1"}]}])
        self.assertEqual(len(passes([{"name": "g", "rules": [{"record": "a:b:c", "expr": "up or a:b:c"}]}])), 1)


if __name__ == "__main__":
    unittest.main()
