# SPDX-License-Identifier: Apache-2.0
"""What panels show of a class of incident, as a Prometheus answers their queries."""

import math
import re

from backfill import ENDS
from checked_in import dashboard, panel
from history import CAUSES, CLASSES, CLUSTERS, HURT, LOCAL

STEP = 60
# As the dashboards show it.
RANGE = 3600
TABLES = {
    "overview": "Who is hurt, since when, why, and what to do next",
    "gateway": "How it is, since when, why, and what to do next",
}
# By rules of Grafana for a minimum step of a minute.
RATE_INTERVAL = 240
REASONS = {
    "duplicate_gateways": "Duplicate gateways", "recycled_pid": "Recycled pid", "dead_holder": "Dead holder",
    "sqlite_contention": "SQLite contention", "embedded_fallback": "Embedded fallback", "disk_stall": "Disk stall",
    "overdue_holder": "Live holder overdue", "restart_loop": "Restart loop", "session_wedged": "Session wedged",
}  # fmt: skip
# What the overview says: (cluster, instance, gateway) to the reason, in words.
HURT_AND_WHY = {
    name: {("", *where): REASONS[CAUSES.get(name, "disk_stall")] for where in HURT.get(name, ())} for name in CLASSES
}
HURT_AND_WHY["blind"] = {}
HURT_AND_WHY["clusters"] = {(cluster, LOCAL, "openclaw"): REASONS[cause] for cluster, cause in CLUSTERS.items()}
WHOLE = "all of this exporter"


def variables(name, incident_class):
    chosen = {"cluster": ".*", "namespace": ".*", "job": ".+", "instance": ".+", "gateway": ".+", "agent": ".*"}
    if name == "gateway":
        where = next(iter(HURT_AND_WHY.get(incident_class, ())), ("", "host-a:10069", "assistant"))
        chosen["cluster"], chosen["instance"], chosen["gateway"] = where[0] or ".*", *where[1:]
    return chosen


def expression(target, name, incident_class):
    text = target["expr"].replace("$__rate_interval", f"{RATE_INTERVAL}s").replace("$__range", f"{RANGE}s")
    for variable, value in variables(name, incident_class).items():
        text = re.sub(rf"\${variable}\b", value, text)
    if re.search(r"\$[^0-9]", text):
        raise ValueError(f"a variable that is not known: {text}")
    return text


def answer(server, target, name, incident_class, later=0):
    """The series that a target shows."""
    end = ENDS[incident_class] - 30 + later
    text = expression(target, name, incident_class)
    if target["instant"]:
        found = [(each["metric"], [each["value"]]) for each in server.query(text, end)]
    else:
        start = (end - RANGE) // STEP * STEP
        found = [(each["metric"], each["values"]) for each in server.query_range(text, start, end, STEP)]
    return [each for each in found if any(math.isfinite(float(value)) for _, value in each[1])]


def column(table, name):
    overrides = [each for each in table["fieldConfig"]["overrides"] if each["matcher"]["options"] == name]
    return {each["id"]: each["value"] for override in overrides for each in override["properties"]}


def rows_of(server, name, incident_class):
    table = panel(name, TABLES[name])
    names = table["transformations"][1]["options"]["renameByName"]
    rows = {}
    for number, target in enumerate(table["targets"]):
        title = names[f"Value #{target['refId']}"]
        mappings = column(table, title).get("mappings", [{"options": {}}])[0]["options"]
        seen = set()
        for labels, values in answer(server, target, name, incident_class):
            where = (labels.get("cluster", ""), labels["instance"], labels["gateway"])
            if where in seen or (number and where not in rows):
                raise AssertionError(f"{title}: a second row, or a row of nothing else: {labels}")
            seen.add(where)
            row = rows.setdefault(where, {"next": labels.get("next")})
            value = values[0][1]
            row[title] = mappings[value]["text"] if value in mappings else float(value)
    return rows


def queried(name):
    return [each for each in dashboard(name)["panels"] if each.get("targets")]
