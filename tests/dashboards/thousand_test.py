#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Among 1,000 gateways the overview names the few that are in trouble, all of them, and its queries are cheap."""

import pathlib
import tempfile
import unittest

from answers import STEP, TABLES, WHOLE, answer, queried, rows_of
from backfill import Prometheus, add_history, add_rules, rule_groups
from checked_in import panel

HOURS = 0.45
# As a person would wait for; on a loaded machine it is an average of several.
QUERY_SECONDS = 2.0  # of a processor


class Thousand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        data = pathlib.Path(folder.name)
        add_history(data, "thousand", HOURS, STEP)
        add_rules(data, ["thousand"], HOURS, rule_groups())
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
                # A table has all that are in trouble, a row each.
                self.assertLessEqual(rows, 40 if each["type"] == "table" else 10, each["title"])
                # What is held, and what else is seen.
                if (each["title"], target["refId"]) not in {("What fires", "C"), (TABLES["overview"], "F")}:
                    self.assertGreater(rows, 0, each["title"])

    def test_overview_finds_the_few_in_trouble(self):
        rows = rows_of(self.server, "overview", "thousand")
        found = {(gateway, row["Why"]) for (_, _, gateway), row in rows.items() if row["State"] == "HURT"}
        for expected in (
            ("oc017", "Dead holder"), ("oc121", "Duplicate gateways"), ("oc701", "Disk stall"), ("oc815", "SQLite contention"),
        ):  # fmt: skip
            self.assertIn(expected, found)
        self.assertEqual(len(found), 18)
        others = {gateway: row["Why"] for (_, _, gateway), row in rows.items() if row["State"] != "HURT"}
        self.assertEqual(others, {
            WHOLE: "Many gateways at once", "oc077": "Cannot be read", "oc078": "Cannot be read",
        })  # fmt: skip
        gateways, unseen, hurt = (
            answer(self.server, panel("overview", title, "stat")["targets"][0], "overview", "thousand")[0][1][0][1]
            for title in ("Gateways", "Not measured", "Hurt gateways")
        )
        self.assertEqual([gateways, unseen, hurt], ["1000", "2", "18"])


if __name__ == "__main__":
    unittest.main()
