# SPDX-License-Identifier: Apache-2.0
"""Asks a Prometheus."""

import json
import urllib.parse

from openclaws import OPENER


class PrometheusApi:
    def __init__(self, url):
        self.url = url

    def get(self, path, **parameters):
        """What it has in data; None where it does not answer."""
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        try:
            with OPENER.open(f"{self.url}/api/v1/{path}{query}", timeout=60) as answer:
                return json.loads(answer.read())["data"]
        except (OSError, ValueError):
            return None

    def query(self, expression, **parameters):
        """Labels and value of each series."""
        data = self.get("query", query=expression, **parameters)
        return [(found["metric"], float(found["value"][1])) for found in data["result"]] if data else []
