# SPDX-License-Identifier: Apache-2.0
"""The metric families of the exporter, as its own sources declare them."""

import functools
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Agreed names that the sources do not have yet: (type, help).
PLANNED = {
    "openclaw_lock_disk_probe_seconds": (
        "histogram",
        "How long a small unnamed file took to be written and synced in the state directory's file system.",
    ),
}

_DECLARATION = re.compile(
    r'\b(gauge|counter|histogram)\(\s*"((?:openclaw_lock|process)_[a-z0-9_]+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)'
)
_NAME = re.compile(r'"((?:openclaw_lock|process)_[a-z0-9_]+)"')


def sources():
    return sorted((ROOT / "exporter" / "metrics").glob("*.cpp"))


def literal_names():
    """Every metric name that stands in the sources, declared or not."""
    return {name for path in sources() for name in _NAME.findall(path.read_text())}


@functools.cache
def declared_families():
    families = {}
    for path in sources():
        for kind, name, literals in _DECLARATION.findall(path.read_text()):
            text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))
            families[name] = (kind, text)
    return families


@functools.cache
def families():
    return {**PLANNED, **declared_families()}
