#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No rule of dashboard-linter is broken, and each of them would find a dashboard that breaks it."""

import copy
import re
import unittest

from checked_in import NAMES, dashboard
from linter import RULES, lint, substituted
from promql import SyntaxProblem, selectors

ALLOWED_TYPES = {"timeseries", "stat", "table", "bargauge", "text", "row"}


def first(changed, kind="stat"):
    return next(panel for panel in changed["panels"] if panel["type"] == kind)


def variable(changed, name):
    return next(each for each in changed["templating"]["list"] if each["name"] == name)


def expression(text):
    def change(changed):
        first(changed)["targets"][0]["expr"] = text

    return change


def set_in(find, key, value):
    def change(changed):
        find(changed)[key] = value

    return change


S = 'job=~"$job",instance=~"$instance"'
# What breaks a rule: one change to a dashboard that breaks none.
BREAKING = {
    "template-datasource-rule": [
        lambda changed: changed["templating"]["list"].pop(0),
        set_in(lambda changed: variable(changed, "datasource"), "label", "Where"),
        set_in(lambda changed: variable(changed, "datasource"), "query", "loki"),
    ],
    "template-job-rule": [
        set_in(lambda changed: variable(changed, "job"), "multi", False),
        set_in(lambda changed: variable(changed, "job"), "allValue", ".*"),
        set_in(lambda changed: variable(changed, "job"), "name", "jobs"),
    ],
    "template-instance-rule": [
        set_in(lambda changed: variable(changed, "instance"), "label", "Host"),
        set_in(lambda changed: variable(changed, "instance"), "datasource", {"uid": "mine"}),
    ],
    "template-label-promql-rule": [
        set_in(lambda changed: variable(changed, "job"), "query", {"query": "label_values(up{job=~}, job)"}),
        set_in(lambda changed: variable(changed, "job"), "query", {"query": "query_result(up)"}),
    ],
    "template-on-time-change-reload-rule": [set_in(lambda changed: variable(changed, "gateway"), "refresh", 1)],
    "panel-datasource-rule": [
        set_in(first, "datasource", {"type": "prometheus", "uid": "abc"}),
        set_in(lambda changed: first(changed)["targets"][0], "datasource", {"uid": "abc"}),
    ],
    "panel-title-description-rule": [set_in(first, "title", ""), set_in(first, "description", "")],
    "panel-units-rule": [
        set_in(lambda changed: first(changed)["fieldConfig"]["defaults"], "unit", ""),
        set_in(lambda changed: first(changed)["fieldConfig"]["defaults"], "unit", "furlong"),
    ],
    "panel-no-targets-rule": [set_in(first, "targets", [])],
    "target-logql-rule": [expression('{job=~"$job",instance=~"$instance"} |= "locked"')],
    "target-logql-auto-rule": [expression(f"rate(a_total{{{S}}}[$__auto])")],
    "target-promql-rule": [expression(f"sum(up{{{S}}}"), expression(f"sum by (a up{{{S}}})"), expression("1 + 1")],
    "target-rate-interval-rule": [expression(f"rate(a_total{{{S}}}[5m])"), expression(f"changes(a{{{S}}}[1h])")],
    "target-job-rule": [expression('sum(up{instance=~"$instance"})'), expression('up{job="$job",instance=~"$instance"}')],
    "target-instance-rule": [expression(f'up{{{S}}} / up{{job=~"$job"}}'), expression("up")],
    "target-counter-agg-rule": [expression(f"sum(a_total{{{S}}})"), expression(f"max_over_time(a_total{{{S}}}[1h])")],
    "uneditable-dashboard": [lambda changed: changed.update(editable=True)],
}


class Linter(unittest.TestCase):
    def test_no_rule_is_broken(self):
        for name in NAMES:
            with self.subTest(name):
                self.assertEqual(lint(dashboard(name)), [])

    def test_each_rule_finds_what_breaks_it(self):
        self.assertEqual(set(BREAKING), set(RULES))
        for rule, changes in BREAKING.items():
            for number, change in enumerate(changes):
                with self.subTest(rule, number=number):
                    changed = copy.deepcopy(dashboard("overview"))
                    change(changed)
                    self.assertIn(rule, {finding.split(":")[0] for finding in lint(changed)})

    def test_panels_are_of_types_that_are_drawn(self):
        for name in NAMES:
            self.assertLessEqual({panel["type"] for panel in dashboard(name)["panels"]}, ALLOWED_TYPES)


class Practice(unittest.TestCase):
    def test_dashboards_are_set_up_alike(self):
        expected = {
            "version": 1,
            "schemaVersion": 39,
            "graphTooltip": 1,
            "refresh": "30s",
            "time": {"from": "now-1h", "to": "now"},
            "timezone": "browser",
        }
        for name in NAMES:
            found = dashboard(name)
            self.assertEqual({key: found[key] for key in expected}, expected)
            self.assertEqual(found["uid"], f"openclaw-lock-{name}")
            self.assertNotIn("id", found)
            by_tag = [link for link in found["links"] if link["type"] == "dashboards"]
            self.assertTrue(by_tag and by_tag[0]["includeVars"] and by_tag[0]["keepTime"])
            self.assertIn('alertname=~"OpenClawLock', found["annotations"]["list"][0]["expr"])

    def test_panels_neither_overlap_nor_leave_the_grid(self):
        for name in NAMES:
            taken = set()
            for panel in dashboard(name)["panels"]:
                at = panel["gridPos"]
                cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
                self.assertFalse(cells & taken, panel["title"])
                self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
                taken |= cells

    def test_overview_reads_aggregates_of_gateways_only(self):
        # Besides those, a few series of each exporter and gateway.
        few = {"up", "openclaw_lock_exporter_build_info", "openclaw_lock_source_up", "openclaw_lock_log_events_total"}
        for panel in dashboard("overview")["panels"]:
            for target in panel["targets"]:
                for selector in selectors(substituted(target["expr"])):
                    if selector.metric not in few:
                        self.assertRegex(selector.metric, r"^(gateway:.*|instance:.*|ALERTS(_FOR_STATE)?)$", panel["title"])

    def test_first_screen_of_the_overview_answers(self):
        # 20 lines of the grid are 760 pixels.
        panels = dashboard("overview")["panels"]
        above = [panel["title"] for panel in panels if panel["gridPos"]["y"] + panel["gridPos"]["h"] <= 20]
        self.assertEqual(above, [
            "Hurt gateways", "Hurt for", "Why, and how many of them", "Failed turns, 10 min", "Not measured", "Gateways",
            "Who is hurt, since when, why, and what to do next",
            "Failed turns in 10 minutes, of the ten worst gateways", "What fires",
        ])  # fmt: skip
        who = next(panel for panel in panels if panel["title"].startswith("Who is hurt"))
        self.assertLessEqual(who["gridPos"]["h"], 8)

    def test_every_selector_minds_cluster_and_namespace(self):
        for name in NAMES:
            found = dashboard(name)
            texts = [target["expr"] for panel in found["panels"] for target in panel.get("targets", [])]
            texts += [each["expr"] for each in found["annotations"]["list"]]
            for label in ("cluster", "namespace"):
                self.assertEqual(variable(found, label)["allValue"], ".*", "All is where there is no such label, too")
                for text in texts:
                    for selector in selectors(substituted(text)):
                        self.assertIn((label, "=~", label), selector.matchers, text)

    def test_vectors_are_matched_with_their_cluster(self):
        for name in NAMES:
            for panel in dashboard(name)["panels"]:
                for target in panel.get("targets", []):
                    for labels in re.findall(r"\b(?:on|by) \(([^)]*\binstance\b[^)]*)\)", target["expr"]):
                        self.assertIn("cluster", labels, panel["title"])

    def test_tables_are_not_cut_off(self):
        for name in NAMES:
            for panel in dashboard(name)["panels"]:
                if panel["type"] == "table":
                    for target in panel["targets"]:
                        # One of each gateway is no cut.
                        self.assertNotRegex(target["expr"], r"\b(topk|bottomk|limitk) *\(", panel["title"])
                    told = panel["options"]["enablePagination"], panel["options"]["footer"]["enablePagination"]
                    self.assertEqual(told, (name != "gateway",) * 2, panel["title"])

    def test_what_takes_minutes_has_ticks_of_whole_minutes(self):
        # Axes of seconds are divided by tens: right for what takes less than a minute only.
        short = {
            "Disk: time a write or flush", "Disk below the state directory: time a request", "Disk probe",
            "How long a round takes", "Between two looks for stalls",
        }  # fmt: skip
        for name in NAMES:
            for panel in dashboard(name)["panels"]:
                if panel["type"] == "timeseries" and panel["fieldConfig"]["defaults"]["unit"] == "s":
                    self.assertIn(panel["title"], short)

    def test_nothing_that_is_hurt_or_unknown_is_green(self):
        for name in NAMES:
            for panel in dashboard(name)["panels"]:
                defaults = panel.get("fieldConfig", {}).get("defaults", {})
                if panel["type"] == "timeseries" and re.search("turns|Hurt", panel["title"]):
                    colours = {step["color"] for step in defaults["thresholds"]["steps"]}
                    self.assertEqual(defaults["color"], {"mode": "thresholds", "seriesBy": "max"}, panel["title"])
                    self.assertEqual(colours, {"orange", "red"}, panel["title"])
                if panel["type"] == "stat":
                    self.assertNotEqual(defaults["thresholds"]["steps"][0]["color"], "green", panel["title"])


class Selectors(unittest.TestCase):
    def test_finds_selectors_ranges_and_functions(self):
        found = selectors('sum by (a, b) (rate(x_total{a="b, {c}",d!~"e"}[5m])) / on (a) group_left up > bool 0')
        self.assertEqual([(each.metric, each.range, each.functions) for each in found],
                         [("x_total", "5m", ["rate", "sum"]), ("up", "", [])])  # fmt: skip
        self.assertEqual(found[0].matchers, [("a", "=", "b, {c}"), ("d", "!~", "e")])
        found = selectors("time() - max_over_time(timestamp(g:m:o == 0)[6h:2m]) and topk(3, {a='b'} @ end())")
        self.assertEqual([each.metric for each in found], ["g:m:o", ""])

    def test_refuses_what_does_not_close(self):
        for text in ("sum(a", "sum by (a", "a)", "a{b=c}", "a{b='c'", "a ; b"):
            with self.subTest(text), self.assertRaises(SyntaxProblem):
                selectors(text)


if __name__ == "__main__":
    unittest.main()
