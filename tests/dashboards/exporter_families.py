# SPDX-License-Identifier: Apache-2.0
"""The metric families of the exporter, as its own sources declare them."""

import functools
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]

_DECLARATION = re.compile(
    r'\b(gauge|counter|histogram)\(\s*"((?:openclaw_lock|process)_[a-z0-9_]+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)'
)
_NAME = re.compile(r'"((?:openclaw_lock|process)_[a-z0-9_]+)"')


def sources():
    return sorted((ROOT / "exporter" / "views" / "metrics").glob("*.cpp"))


def literal_names():
    """Every metric name that stands in the sources, declared or not."""
    return {name for path in sources() for name in _NAME.findall(path.read_text())}


@functools.cache
def families():
    families = {}
    for path in sources():
        for kind, name, literals in _DECLARATION.findall(path.read_text()):
            text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))
            families[name] = (kind, text)
    return families
