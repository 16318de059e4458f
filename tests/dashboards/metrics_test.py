#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every metric of the exporter is used in a dashboard or a rule, and every metric that is used exists."""

import io
import re
import unittest

from backfill import FIRST_END, rule_groups
from checked_in import NAMES, dashboard
from exporter_families import families, literal_names
from history import write_history
from linter import substituted
from promql import selectors

# Prometheus' own series.
OF_PROMETHEUS = {"up", "ALERTS", "ALERTS_FOR_STATE"}
# Classes that have every family between them.
SOME = ["A", "E", "F", "I"]


def family_of(metric):
    base = re.sub(r"_(bucket|sum|count)$", "", metric)
    return base if families().get(base, ("",))[0] == "histogram" else metric


def metrics_of(expressions):
    return {family_of(each.metric) for text in expressions for each in selectors(text)}


def in_dashboards():
    texts = []
    for name in NAMES:
        found = dashboard(name)
        texts += [target["expr"] for panel in found["panels"] for target in panel.get("targets", [])]
        texts += [each["expr"] for each in found["annotations"]["list"]]
        for variable in found["templating"]["list"]:
            if variable["type"] == "query":
                texts.append(re.fullmatch(r"label_values\((.+), *\w+\)", variable["query"]["query"])[1])
    return metrics_of(map(substituted, texts))


def rules():
    return [rule for group in rule_groups() for rule in group["rules"]]


class Metrics(unittest.TestCase):
    def test_declarations_are_all_understood(self):
        self.assertEqual(literal_names(), set(families()))
        self.assertGreater(len(families()), 40)

    def test_what_is_used_exists(self):
        recorded = {rule["record"] for rule in rules() if "record" in rule}
        known = set(families()) | recorded | OF_PROMETHEUS
        self.assertEqual(in_dashboards() - known, set())
        self.assertEqual(metrics_of(rule["expr"] for rule in rules()) - known, set())

    def test_what_exists_is_used(self):
        used = in_dashboards() | metrics_of(rule["expr"] for rule in rules())
        self.assertEqual(set(families()) - used, set())

    def test_history_has_every_family_as_the_exporter_declares_it(self):
        written = {}
        for name in SOME:
            text = io.StringIO()
            write_history(name, FIRST_END, 1, 60, text)
            lines = text.getvalue().splitlines()
            helps = dict(re.findall(r"^# HELP (\S+) (.*)$", text.getvalue(), re.MULTILINE))
            for line in lines:
                if match := re.match(r"# TYPE (\S+) (\S+)", line):
                    metric = match[1] + ("_total" if match[2] == "counter" else "")
                    written[metric] = (match[2], helps[match[1]])
        del written["up"]
        self.assertEqual(written, families())

    def test_history_is_the_same_each_time(self):
        texts = [io.StringIO(), io.StringIO()]
        for text in texts:
            write_history("E", FIRST_END, 0.5, 60, text)
        self.assertEqual(texts[0].getvalue(), texts[1].getvalue())
        self.assertGreater(len(texts[0].getvalue()), 100_000)


if __name__ == "__main__":
    unittest.main()
