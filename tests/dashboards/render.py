# SPDX-License-Identifier: Apache-2.0
"""Draws each dashboard for each class of incident. Called by render.sh."""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from backfill import ENDS, Prometheus, fill
from exporter_families import ROOT
from history import CLASSES, CLUSTERS, HURT, LOCAL

RENDERER = pathlib.Path(__file__).parent / "renderer"
HOURS = {"thousand": 0.75}
STEP = {"thousand": 60}
WIDTH = 1400


def chosen(dashboard, incident_class):
    if dashboard != "gateway" or incident_class == "thousand":
        return {}
    if incident_class == "clusters":
        return {"cluster": next(iter(CLUSTERS)), "instance": LOCAL, "gateway": "openclaw"}
    instance, gateway = next(iter(HURT.get(incident_class, {("host-a:10069", "assistant"): []})))
    return {"instance": instance, "gateway": gateway}


def jobs_of(server, folder, out, incident_class, dashboards, themes, height):
    for dashboard in dashboards:
        source = ROOT / "dashboards" / f"openclaw-lock-{dashboard}.json"
        if incident_class == "thousand":
            # Its history is shorter than what the dashboard shows.
            shorter = json.loads(source.read_text()) | {"time": {"from": "now-40m", "to": "now"}}
            source = folder / f"{dashboard}-short.json"
            source.write_text(json.dumps(shorter))
        for theme in themes:
            yield {
                "dashboard": str(source),
                "png": str(out / f"{dashboard}-{incident_class}-{theme}.png"),
                "prometheus": server.url,
                "now": ENDS[incident_class] - 30,
                "theme": theme,
                "width": WIDTH,
                "height": height,
                "variables": chosen(dashboard, incident_class),
            }


def draw(bundle, jobs):
    """Runs the jobs, and prints and returns what the panels reported."""
    done = subprocess.run(
        ["node", RENDERER / "draw.mjs", bundle], input=json.dumps(jobs), stdout=subprocess.PIPE, text=True, check=False
    )
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    for report in reports:
        print(f"{pathlib.Path(report['png']).name}")
        for panel in report["panels"]:
            print(f"  {panel['milliseconds']:5} ms {panel['series']:4} series  {panel['title']}  {' '.join(panel['errors'])}")
        for error in report["errors"]:
            print(f"  ERROR {error}")
    if done.returncode or len(reports) != len(jobs):
        raise SystemExit(f"{len(reports)} of {len(jobs)} pictures were drawn, or some with errors")
    return reports


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--bundle", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="where histories are kept")
    parser.add_argument("--reuse", action="store_true", help="draw again what was filled in before")
    parser.add_argument("--class", dest="classes", action="append", choices=[*CLASSES, "thousand"])
    parser.add_argument("--dashboard", dest="dashboards", action="append", choices=["overview", "gateway", "exporter"])
    parser.add_argument("--height", type=int, help="draw so many pixels of the top only")
    parser.add_argument("--theme", dest="themes", action="append", choices=["light", "dark"])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    themes = options.themes or ["light", "dark"]
    classes = options.classes or [*CLASSES, "thousand"]
    for of_fleet in ([name for name in classes if name != "thousand"], [name for name in classes if name == "thousand"]):
        if not of_fleet:
            continue
        data = options.folder / ("thousand" if of_fleet == ["thousand"] else "classes")
        if not options.reuse:
            fill(data, of_fleet, HOURS.get(of_fleet[0], 2), STEP.get(of_fleet[0], 30))
        with Prometheus(data) as server:
            jobs = []
            for name in of_fleet:
                dashboards = options.dashboards or ["overview", "gateway", "exporter"]
                # The history of 1,000 gateways has only what the overview reads.
                dashboards = [each for each in dashboards if name != "thousand" or each == "overview"]
                jobs.extend(jobs_of(server, options.folder, options.out, name, dashboards, themes, options.height))
            draw(options.bundle, jobs)


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "127.0.0.1"
    sys.exit(main())
