#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus with the history of each class of incident and the real rules answers every panel, and the overview
tells the classes apart."""

import collections
import pathlib
import re
import tempfile
import unittest

from answers import HURT_AND_WHY, STEP, TABLES, WHOLE, answer, column, expression, queried, rows_of
from backfill import ENDS, Prometheus, fill, passes
from checked_in import NAMES, dashboard, panel
from history import CLASSES, LOCAL

HOURS = 1.1
EXPORTERS = {"many": 1}  # of other classes two
# Gateways of which nothing, or not all, can be seen.
UNSEEN = {"F": 1, "down": 2, "blind": 2}

NOBODY_HURT = {"healthy", "blind"}
IN_TROUBLE = set(CLASSES) - NOBODY_HURT
HEALTHY = {"healthy"}
BLIND = {"blind"}
# Its exporter is down: what is asked of now is not known.
DOWN = {"down"}
# No turn of these reaches a log.
NO_TURN_FAILS = {"loop", "wedged"}
# The gateway that is drilled into in class I keeps its sessions in SQLite; no other does.
NO_LOCK_FILES = {"I"}
NO_SQLITE = set(CLASSES) - {"I"}
LOCKS_STAY = {"A", "B", "C", "down", "clusters"}
# Only the gateway that is hurt in A, E and down has the disk probe enabled.
NO_PROBE = set(CLASSES) - {"A", "E", "down"}
NO_BLIND = set(CLASSES) - {"F"}
# Panels that are empty, and rightly so, in these classes. Each of them says why, in its own words.
EMPTY = {
    ("overview", "Why, and how many of them", "stat"): NOBODY_HURT,
    ("overview", TABLES["overview"], "table"): HEALTHY,
    ("overview", "What fires", "table"): HEALTHY,
    ("overview", "Failed turns in 10 minutes, of the ten worst gateways", "timeseries"): NO_TURN_FAILS | BLIND,
    ("overview", "Gateways by cause", "timeseries"): NOBODY_HURT | NO_TURN_FAILS,
    # A, B and down show their cause by its locks.
    ("overview", "Signs in the logs", "timeseries"): NOBODY_HURT | {"A", "B", "down"},
    ("overview", "Share of turns that failed", "timeseries"): NO_TURN_FAILS | BLIND,
    ("overview", "Locks that are held for too long: age", "timeseries"): set(CLASSES) - LOCKS_STAY,
    ("overview", "SQLite: one writer holds the lock", "timeseries"): {"clusters", "many", "blind"},
    ("overview", "Hurt gateways, by exporter", "timeseries"): NOBODY_HURT | NO_TURN_FAILS,
    ("gateway", TABLES["gateway"], "table"): HEALTHY,
    ("gateway", "Failed turns, 10 min", "stat"): DOWN,
    ("gateway", "Share of turns, 5 min", "stat"): DOWN,
    ("gateway", "Last failed turn", "stat"): NOBODY_HURT | NO_TURN_FAILS | DOWN,
    ("gateway", "Gateways running", "stat"): DOWN,
    ("gateway", "Stuck locks", "stat"): NO_LOCK_FILES | DOWN,
    ("gateway", "Store", "stat"): DOWN,
    ("gateway", "Turns that failed for want of a lock, in 10 minutes", "timeseries"): NOBODY_HURT | NO_TURN_FAILS,
    ("gateway", "Share of turns that failed, by agent", "timeseries"): NOBODY_HURT | NO_TURN_FAILS,
    ("gateway", "Log: what the gateway said", "timeseries"): NOBODY_HURT,
    ("gateway", "Waits that reached the log", "timeseries"): NOBODY_HURT | NO_TURN_FAILS,
    ("gateway", "Locks by holder", "timeseries"): NO_LOCK_FILES,
    ("gateway", "Age of the oldest lock", "timeseries"): NO_LOCK_FILES,
    ("gateway", "Holds: how long locks were held", "timeseries"): NO_LOCK_FILES,
    ("gateway", "Locks taken, and how holds ended", "timeseries"): NO_LOCK_FILES,
    ("gateway", "Overdue locks", "timeseries"): NO_LOCK_FILES,
    ("gateway", "SQLite: how long one writer has held the lock", "timeseries"): NO_SQLITE,
    ("gateway", "SQLite: size of databases", "timeseries"): NO_SQLITE,
    ("gateway", "Event loop: longest stalls", "timeseries"): set(CLASSES) - {"F", "I", "many"},
    ("gateway", "Disk probe", "timeseries"): NO_PROBE,
    ("gateway", "What this gateway is, and how it is watched", "table"): DOWN,
    ("exporter", "What cannot be seen, since when, and what to do", "table"): set(CLASSES) - DOWN - BLIND,
    ("exporter", "Readers that fail", "table"): NO_BLIND,
    ("exporter", "Problems that readers met", "timeseries"): NO_BLIND,
}


class Classes(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        data = pathlib.Path(folder.name)
        fill(data, CLASSES, HOURS, STEP)
        cls.server = cls.enterClassContext(Prometheus(data))

    def value(self, title, incident_class, name="overview"):
        found = answer(self.server, panel(name, title, "stat")["targets"][0], name, incident_class)
        self.assertEqual(len(found), 1, title)
        return float(found[0][1][0][1])

    def rows(self, incident_class, name="overview"):
        """What the table of who is hurt says, by where: a dictionary of words and numbers each."""
        return rows_of(self.server, name, incident_class)

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

    def test_overview_tells_who_is_hurt_since_when_and_why(self):
        for incident_class in CLASSES:
            with self.subTest(incident_class):
                rows = self.rows(incident_class)
                hurt = {where: row["Why"] for where, row in rows.items() if row["State"] in ("HURT", "NOT MEASURED NOW")}
                self.assertEqual(hurt, HURT_AND_WHY[incident_class])
                for where in hurt:
                    # All troubles begin 45 minutes before the end; what no turn tells of is known with its page.
                    least = 25 if incident_class in NO_TURN_FAILS else 38
                    self.assertTrue(least * 60 < rows[where]["For"] < 47 * 60, rows[where])
                    self.assertAlmostEqual(rows[where]["Since"] / 1000 + rows[where]["For"], ENDS[incident_class] - 30)
                    self.assertEqual("Failed turns, 10 min" in rows[where], incident_class not in NO_TURN_FAILS | DOWN)

    def test_rows_that_are_no_single_gateway(self):
        for incident_class in CLASSES:
            hurt = HURT_AND_WHY[incident_class]
            others = {where: row for where, row in self.rows(incident_class).items() if where not in hurt}
            told = {where: (row["State"], row["Why"], row["next"]) for where, row in others.items()}
            whole = ("", "host-a:10069", WHOLE)
            self.assertEqual(told, {
                "down": {whole: ("cannot be seen", "Exporter down", "OpenClawLockExporterDown")},
                "many": {whole: ("MANY HURT", "Many gateways at once", "OpenClawLockManyGatewaysHurt")},
                "blind": {
                    where: ("cannot be seen", "Cannot be read", "OpenClawLockBlind")
                    for where in (
                        ("", "host-a:10069", "assistant"), ("", "host-a:10069", "support"), ("", "host-c:10069", WHOLE),
                    )
                },
            }.get(incident_class, {}), incident_class)  # fmt: skip
            if incident_class == "many":
                self.assertEqual(others[whole]["Also seen"], "Disk stall")

    def test_what_cannot_be_seen_is_told_with_its_reason(self):
        expected = {"log_unrecognised", "log_unread", "nothing_watched"}
        for name, title in (("overview", "What fires"), ("exporter", "What cannot be seen, since when, and what to do")):
            found = answer(self.server, panel(name, title)["targets"][0], name, "blind")
            self.assertEqual({labels["reason"] for labels, _ in found}, expected, title)

    def test_a_page_is_seen_to_be_held(self):
        for incident_class in IN_TROUBLE:
            hurt = HURT_AND_WHY[incident_class]
            states = {row["State"] for where, row in self.rows(incident_class).items() if where in hurt}
            self.assertEqual(states, {"NOT MEASURED NOW" if incident_class == "down" else "HURT"}, incident_class)
            held = answer(self.server, panel("overview", "What fires")["targets"][2], "overview", incident_class)
            self.assertEqual(bool(held), incident_class == "down", incident_class)

    def test_both_dashboards_say_the_same_of_a_gateway(self):
        for incident_class in CLASSES:
            rows = self.rows(incident_class)
            for where, row in self.rows(incident_class, "gateway").items():
                self.assertEqual(row, rows[where])
            if incident_class not in DOWN:
                chosen = next(iter(HURT_AND_WHY[incident_class]), None)
                failed = rows[chosen].get("Failed turns, 10 min", 0) if chosen else 0
                self.assertEqual(self.value("Failed turns, 10 min", incident_class, "gateway"), failed, incident_class)

    def test_every_number_of_the_overview_is_that_of_its_table(self):
        for incident_class in CLASSES:
            with self.subTest(incident_class):
                hurt = HURT_AND_WHY[incident_class]
                rows = self.rows(incident_class)
                self.assertEqual(self.value("Hurt gateways", incident_class), len(hurt))
                failed = sum(row.get("Failed turns, 10 min", 0) for row in rows.values())
                self.assertEqual(self.value("Failed turns, 10 min", incident_class), failed)
                self.assertEqual(self.value("Not measured", incident_class), UNSEEN.get(incident_class, 0))
                longest = max((rows[where]["For"] for where in hurt), default=-1)
                self.assertEqual(self.value("Hurt for", incident_class), longest)
                table = panel("overview", TABLES["overview"])
                words = column(table, "Why")["mappings"][0]["options"]
                target = panel("overview", "Why, and how many of them")["targets"][0]
                found = answer(self.server, target, "overview", incident_class)
                told = {words[labels["why"]]["text"]: float(values[0][1]) for labels, values in found}
                self.assertEqual(told, collections.Counter(hurt.values()))

    def test_hurt_are_those_that_are_paged(self):
        for incident_class in CLASSES:
            firing = 'ALERTS{severity="critical",alertstate="firing",gateway!=""}'
            found = [each["metric"] for each in self.server.query(firing, ENDS[incident_class] - 30)]
            paged = {(labels.get("cluster", ""), labels["instance"], labels["gateway"]) for labels in found}
            self.assertEqual(paged, set(HURT_AND_WHY[incident_class]))

    def test_where_nothing_is_measured_nothing_is_said(self):
        for each in queried("overview"):
            for target in each["targets"]:
                found = answer(self.server, target, "overview", "A", later=8 * 3600)
                self.assertEqual(found, [], f"{each['title']} {target['refId']}")

    def test_exporter_dashboard_counts_exporters_only(self):
        for incident_class in CLASSES:
            down = 1 if incident_class == "down" else 0
            up = EXPORTERS.get(incident_class, 2) - down
            self.assertEqual(self.value("Exporters", incident_class, "exporter"), up)
            self.assertEqual(self.value("Exporters down", incident_class, "exporter"), down)

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
                    for incident_class in IN_TROUBLE - NO_TURN_FAILS:
                        self.assertIn("OpenClawLockTimeouts", found[incident_class])
                    self.assertEqual(found["loop"], {"OpenClawLockRestartLoop"})
                    self.assertEqual(found["wedged"], {"OpenClawLockSessionWedged"})

    def test_variables_list_what_there_is(self):
        self.check_variables("A", {
            "cluster": {""},
            "namespace": {""},
            "job": {"openclaw-locks"},
            "instance": {"host-a:10069", "host-b:10069"},
            "gateway": {"assistant", "support", "sales", "research"},
            "agent": {"", "main", "work", "billing", "triage", "outreach"},
        })  # fmt: skip
        self.check_variables("clusters", {
            "cluster": {"eu", "us"},
            "namespace": {""},
            "job": {"openclaw-locks"},
            "instance": {LOCAL},
            "gateway": {"openclaw"},
            "agent": {"", "main"},
        })  # fmt: skip

    def check_variables(self, incident_class, expected):
        end = ENDS[incident_class] - 30
        for name in NAMES:
            for variable in dashboard(name)["templating"]["list"]:
                if variable["type"] != "query":
                    continue
                selector, label = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"]).groups()
                text = expression({"expr": f"count by ({label}) ({selector})"}, "overview", incident_class)
                values = {each["metric"].get(label, "") for each in self.server.query(text, end)}
                self.assertEqual(values, expected[label], f"{name}: {variable['name']}")

    def test_prometheus_refuses_what_is_wrong(self):
        with self.assertRaisesRegex(ValueError, "parse error"):
            answer(self.server, {"expr": "sum by (a (b)", "instant": True}, "overview", "A")


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
