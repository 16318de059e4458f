# SPDX-License-Identifier: Apache-2.0
"""The dashboards as they are checked in."""

import json

from exporter_families import ROOT

FOLDER = ROOT / "dashboards"
NAMES = ["overview", "gateway", "exporter"]


def path_of(name):
    return FOLDER / f"openclaw-lock-{name}.json"


def dashboard(name):
    return json.loads(path_of(name).read_text())


def panel(name, title, kind=None):
    found = [each for each in dashboard(name)["panels"] if each["title"] == title and kind in (None, each["type"])]
    if len(found) != 1:
        raise LookupError(f"{len(found)} panels {title!r} in {name}")
    return found[0]
