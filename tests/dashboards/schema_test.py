#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The dashboards are what Grafana 10.4, 11.6 and 12.4 take dashboards to be.

The schemas come from Grafana's own types (npm's @grafana/schema, Apache-2.0); schemas/generate.mjs makes them anew.
"""

import copy
import json
import pathlib
import unittest

import jsonschema

from checked_in import NAMES, dashboard, path_of

SCHEMAS = pathlib.Path(__file__).parent / "schemas"
VERSIONS = ["10.4", "11.6", "12.4"]
PREFIX = {"timeseries": "Timeseries", "stat": "Stat", "table": "Table"}

# What Grafana itself writes and its types do not tell: annotations of Prometheus, and the query of a variable.
UNTOLD = {"expr", "step", "titleFormat", "textFormat", "tagKeys", "useValueForTime", "definition"}
# What Grafana names differently before and from 12.2 on: tables have both, and each version knows one of them.
RENAMED = {"TableOptions": {"footer", "enablePagination"}, "TableFieldConfig": {"hidden", "hideFrom"}}
# `kubectl apply` keeps what it applied in an annotation, which may not be longer.
ANNOTATION_BYTES = 262144


def load(version):
    definitions = json.loads((SCHEMAS / f"grafana-{version}.schema.json").read_text())["definitions"]
    return {name: jsonschema.Draft7Validator(schema) for name, schema in definitions.items()}


def unknown_names(error):
    if error.validator != "additionalProperties":
        return None
    return set(error.instance) - set(error.schema.get("properties", {}))


def findings(validators, found):
    """(where, what) of all that does not fit."""

    def check(name, part, where):
        for error in validators[name].iter_errors(part):
            if (names := unknown_names(error)) and names <= UNTOLD.union(*RENAMED.values()):
                continue
            yield f"{where} {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"

    yield from check("Dashboard", {**found, "panels": []}, "dashboard")
    for panel in found["panels"]:
        where = f"panel {panel['title']!r}"
        if panel["type"] == "row":
            yield from check("RowPanel", panel, where)
            continue
        yield from check("Panel", panel, where)
        prefix = PREFIX[panel["type"]]
        yield from check(f"{prefix}Options", panel["options"], f"{where} options")
        if f"{prefix}FieldConfig" in validators:
            yield from check(f"{prefix}FieldConfig", panel["fieldConfig"]["defaults"]["custom"], f"{where} custom")
            for override in panel["fieldConfig"]["overrides"]:
                custom = {
                    each["id"].removeprefix("custom."): each["value"]
                    for each in override["properties"]
                    if each["id"].startswith("custom.")
                }
                yield from check(f"{prefix}FieldConfig", custom, f"{where} override")


def panel_of(changed, kind):
    return next(panel for panel in changed["panels"] if panel["type"] == kind)


FAULTS = {
    "colour mode": lambda changed: panel_of(changed, "stat")["options"].update(colorMode="backgrund"),
    "field colour": lambda changed: panel_of(changed, "stat")["fieldConfig"]["defaults"]["color"].update(mode="threshold"),
    "width as text": lambda changed: panel_of(changed, "stat")["gridPos"].update(w="3"),
    "legend": lambda changed: panel_of(changed, "timeseries")["options"]["legend"].update(placement="left"),
    "option that is none": lambda changed: panel_of(changed, "timeseries")["options"].update(lineWidth=2),
    "custom that is none": lambda changed: panel_of(changed, "timeseries")["fieldConfig"]["defaults"]["custom"].update(fillOpaque=2),
    "cell": lambda changed: panel_of(changed, "table")["fieldConfig"]["defaults"]["custom"].update(cellOptions={"type": "colour"}),
    "refresh of a variable": lambda changed: changed["templating"]["list"][1].update(refresh=3),
    "tooltip": lambda changed: changed.update(graphTooltip=5),
    "dashboard field": lambda changed: changed.update(theme="dark"),
}


class Schema(unittest.TestCase):
    def test_dashboards_fit_each_version(self):
        for version in VERSIONS:
            validators = load(version)
            for name in NAMES:
                with self.subTest(f"{name} {version}"):
                    self.assertEqual(list(findings(validators, dashboard(name))), [])

    def test_each_version_knows_one_name_of_what_was_renamed(self):
        for part, names in RENAMED.items():
            known = [names & set(load(version)[part].schema["properties"]) for version in VERSIONS]
            self.assertEqual([len(each) for each in known], [1, 1, 1], known)

    def test_config_maps_of_them_can_be_applied(self):
        for name in NAMES:
            self.assertLess(len(json.dumps(path_of(name).read_text())), 0.8 * ANNOTATION_BYTES, name)

    def test_faults_are_found_in_each_version(self):
        for version in VERSIONS:
            validators = load(version)
            for fault, make in FAULTS.items():
                with self.subTest(f"{fault} {version}"):
                    changed = copy.deepcopy(dashboard("overview"))
                    make(changed)
                    self.assertTrue(list(findings(validators, changed)))


if __name__ == "__main__":
    unittest.main()
