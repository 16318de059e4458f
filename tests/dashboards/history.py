#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the history of a small fleet in one class of incident, as the exporter would have told it, in OpenMetrics.

    history.py CLASS --end EPOCH [--hours 2] [--step 60] > history.om

CLASS: healthy, A (dead holder), B (recycled pid), C (live holder overdue), D (embedded fallback), E (duplicate
gateways), F (disk stall), I (SQLite contention), loop (a gateway starts over and over), wedged (runs fail on a lock that
is called stale), down (the exporter dies while a dead holder hurts), many (one disk stalls below eight gateways),
clusters (two with equal instances and gateways, each with a trouble of its own), blind (logs that are not understood or
not read, an exporter that watches nothing), or thousand: 1,000 gateways of which some are in trouble, with one agent
each and only those families that the recording rules read. The same arguments give the same bytes.
"""

import argparse
import functools
import random
import sys

from exporter_families import families
from gateway_model import EVENTS, HOLDERS, PROBLEMS, SOURCES, Gateway

JOB = "openclaw-locks"
INCIDENT_SECONDS = 45 * 60

CAUSES = {
    "A": "dead_holder",
    "B": "recycled_pid",
    "C": "overdue_holder",
    "D": "embedded_fallback",
    "E": "duplicate_gateways",
    "F": "disk_stall",
    "I": "sqlite_contention",
    "loop": "restart_loop",
    "wedged": "session_wedged",
    "down": "dead_holder",
}
# Who is hurt: (instance, gateway) to the agents that are; none means all.
HURT = {
    "A": {("host-a:10069", "support"): ["billing"]},
    "B": {("host-a:10069", "assistant"): ["main"]},
    "C": {("host-b:10069", "sales"): ["outreach"]},
    "D": {("host-a:10069", "assistant"): ["work"]},
    "E": {("host-a:10069", "support"): []},
    "F": {("host-a:10069", "assistant"): [], ("host-a:10069", "support"): []},
    "I": {("host-b:10069", "research"): []},
    "loop": {("host-a:10069", "assistant"): []},
    "wedged": {("host-a:10069", "assistant"): ["main"]},
    "down": {("host-a:10069", "support"): ["billing"]},
    "many": {("host-a:10069", f"oc{number}"): [] for number in range(1, 9)},
}
# Each Prometheus has a label of its own, and each host scrapes itself.
CLUSTERS = {"eu": "dead_holder", "us": "overdue_holder"}
LOCAL = "127.0.0.1:10069"
CLASSES = ["healthy", *CAUSES, "many", "clusters", "blind"]
# How long the exporter of a hurt gateway is down in the end.
DOWN_SECONDS = 20 * 60
FLEET = {
    ("host-a:10069", "assistant"): {"agents": {"main": 3, "work": 4}},
    ("host-a:10069", "support"): {"agents": {"main": 2, "billing": 3, "triage": 3}, "probed": True},
    ("host-b:10069", "sales"): {"agents": {"main": 2, "outreach": 3}, "accounted": True},
    ("host-b:10069", "research"): {"agents": {"main": 4}, "store": "sqlite", "accounted": True},
}
LEAN_EVENTS = [
    "embedded_fallback", "database_locked", "sqlite_lock_wait_failed", "sqlite_slow_lock_wait", "log_suppressed",
]  # fmt: skip
VERSIONS = {"jsonl": "2026.4.24", "sqlite": "2026.9.6"}


class Recording:
    """Samples by family and series, in order of time."""

    def __init__(self):
        self.families = {}
        self.at = 0

    def add(self, family, labels, value, suffix=""):
        self.families.setdefault(family, {}).setdefault(f"{family}{suffix}{{{labels}}}", []).append(
            f"{value:.12g} {self.at}"
        )

    def add_once(self, family, labels, value):
        series = self.families.get(family, {}).get(f"{family}{{{labels}}}", [])
        if not series or not series[-1].endswith(f" {self.at}"):
            self.add(family, labels, value)

    def add_histogram(self, family, labels, histogram):
        total = 0
        for bound, count in zip([*histogram.bounds, "+Inf"], histogram.buckets):
            total += count
            self.add(family, f'{labels},le="{bound}"', total, "_bucket")
        self.add(family, labels, histogram.total, "_sum")
        self.add(family, labels, total, "_count")

    def write(self, out):
        declared = families()
        for family in sorted(self.families):
            # Of every target Prometheus itself writes this one.
            kind, text = declared[family] if family != "up" else ("gauge", "1 where the target could be scraped.")
            name = family.removesuffix("_total") if kind == "counter" else family
            out.write(f"# HELP {name} {text}\n# TYPE {name} {kind}\n")
            for series, samples in self.families[family].items():
                out.write("".join([f"{series} {sample}\n" for sample in samples]))
        out.write("# EOF\n")


def add_locks(to, labels, gateway, at, lean):
    def add_files(agent, kind, counts, ages):
        of_kind = f'{labels},agent="{agent}",kind="{kind}"'
        for holder in HOLDERS:
            to.add("openclaw_lock_files", f'{of_kind},holder="{holder}"', counts.get(holder, 0))
            if holder in ages:
                to.add("openclaw_lock_oldest_age_seconds", f'{of_kind},holder="{holder}"', ages[holder])

    add_files("", "gateway", {"alive": 1}, {"alive": at - gateway.youngest_start(at)})
    to.add("openclaw_lock_leftover_files", labels, 7 if gateway.store == "sqlite" else 0)
    for agent in gateway.holds:
        counts, ages = {"alive": gateway.alive[agent]}, {}
        if gateway.alive[agent]:
            ages["alive"] = gateway.alive_age[agent]
        if stuck := gateway.stuck(agent, at):
            holder, count, age = stuck
            counts[holder] = counts.get(holder, 0) + count
            ages[holder] = age
        add_files(agent, "session", counts, ages)
        to.add("openclaw_lock_overdue_files", f'{labels},agent="{agent}"', gateway.overdue(agent, at))
        if not lean and gateway.acquired[agent, "session_store"]:
            add_files(agent, "session_store", {}, {})
        if not lean and any(gateway.holds[agent].buckets):
            to.add_histogram("openclaw_lock_hold_seconds", f'{labels},agent="{agent}",kind="session"', gateway.holds[agent])
    for (agent, kind), count in gateway.acquired.items():
        if kind != "session" and (lean or not count):
            continue
        to.add("openclaw_lock_acquired_total", f'{labels},agent="{agent}",kind="{kind}"', count)
        for outcome, ended in gateway.released[agent, kind].items() if count and not lean else ():
            to.add("openclaw_lock_released_total", f'{labels},agent="{agent}",kind="{kind}",outcome="{outcome}"', ended)
    if not lean:
        to.add("openclaw_lock_watch_info", f'{labels},mode="{"poll" if gateway.network else "inotify"}"', 1)
        if gateway.probed:
            to.add("openclaw_lock_watch_lost_total", labels, 1)


def add_gateway(to, labels, gateway, at, lean):
    to.add("openclaw_lock_gateway_instances", labels, gateway.running(at))
    to.add("openclaw_lock_gateway_start_time_seconds", labels, gateway.youngest_start(at))
    to.add("openclaw_lock_store_info", f'{labels},store="{gateway.store}",version="{VERSIONS[gateway.store]}"', 1)
    if gateway.store == "sqlite":
        to.add("openclaw_lock_sqlite_writer_held_seconds", f'{labels},database="agent"', gateway.writer_age)
        to.add("openclaw_lock_sqlite_writer_held_seconds", f'{labels},database="state"', 0)
    if lean:
        return
    # Of duplicates the lock names the one that came last.
    to.add("openclaw_lock_gateway_lock_mismatch", labels, 0)
    to.add("openclaw_lock_writer_processes", labels, gateway.writers(at))
    if gateway.store == "sqlite":
        for database, size, wal in (("agent", gateway.main_bytes, gateway.wal), ("state", 6_400_000, 920_000)):
            to.add("openclaw_lock_sqlite_bytes", f'{labels},database="{database}",file="main"', size)
            to.add("openclaw_lock_sqlite_bytes", f'{labels},database="{database}",file="wal"', wal)


def add_logs(to, labels, gateway, at, lean):
    for (agent, kind), count in gateway.timeouts.items():
        to.add("openclaw_lock_timeouts_total", f'{labels},agent="{agent}",kind="{kind}"', count)
    for event in EVENTS if gateway.lines["matched"] and not lean else LEAN_EVENTS:
        to.add("openclaw_lock_log_events_total", f'{labels},event="{event}"', gateway.events[event])
    for outcome, count in gateway.lines.items():
        if count or outcome in ("matched", "ignored", "unparsed"):
            to.add("openclaw_lock_log_lines_total", f'{labels},outcome="{outcome}"', count)
    to.add("openclaw_lock_log_bytes_total", labels, gateway.log_bytes)
    to.add("openclaw_lock_log_last_line_timestamp_seconds", labels, at - 1)
    if gateway.last_timeout is not None:
        to.add("openclaw_lock_timeout_last_timestamp_seconds", labels, gateway.last_timeout)
    if lean:
        return
    for kind, waits in gateway.waits.items():
        to.add_histogram("openclaw_lock_wait_seconds", f'{labels},kind="{kind}"', waits)
    for outcome, count in gateway.turns.items():
        to.add("openclaw_lock_turns_total", f'{labels},outcome="{outcome}"', count)
    to.add_histogram("openclaw_lock_event_loop_delay_seconds", labels, gateway.stalls)
    to.add("openclaw_lock_log_rotations_total", labels, gateway.rotations)
    to.add("openclaw_lock_log_unread_bytes", labels, gateway.unread)
    to.add("openclaw_lock_log_files", labels, 1)


def add_disk(to, labels, gateway, at, lean):
    for operation, (wait, count) in gateway.disk.items():
        to.add("openclaw_lock_disk_wait_seconds_total", f'{labels},operation="{operation}"', wait)
        to.add("openclaw_lock_disk_operations_total", f'{labels},operation="{operation}"', count)
    to.add("openclaw_lock_gateway_blocked_seconds_total", labels, gateway.blocked)
    for severity, stalled in gateway.stalled.items():
        to.add("openclaw_lock_gateway_disk_stalled_seconds_total", f'{labels},severity="{severity}"', stalled)
    if lean or not gateway.source_up("disk", at):
        return
    fstype = "nfs4" if gateway.network else "ext4"
    to.add("openclaw_lock_filesystem_info", f'{labels},fstype="{fstype}",network="{str(gateway.network).lower()}"', 1)
    to.add("openclaw_lock_filesystem_avail_bytes", labels, 40 << 30)
    to.add("openclaw_lock_filesystem_readonly", labels, 1 if at >= gateway.readonly_from else 0)
    to.add("openclaw_lock_gateway_cpu_stalled_seconds_total", labels, gateway.stalled["some"] / 3)
    to.add("openclaw_lock_gateway_oom_kills_total", labels, 0)
    if gateway.accounted:
        to.add("openclaw_lock_gateway_disk_wait_seconds_total", labels, gateway.accounted_wait)
    if gateway.probed:
        to.add_histogram("openclaw_lock_disk_probe_seconds", labels, gateway.probes)


def add_sources(to, labels, gateway, at, lean):
    for source, usual in SOURCES.items():
        up = gateway.source_up(source, at)
        of_source = f'{labels},source="{source}"'
        to.add("openclaw_lock_source_up", of_source, up)
        if lean:
            continue
        to.add("openclaw_lock_source_last_success_timestamp_seconds", of_source, at - 3 if up else gateway.blind[2] - 2)
        to.add("openclaw_lock_source_duration_seconds", of_source, usual * gateway.rng.uniform(0.8, 1.5))
        for problem in PROBLEMS:
            if count := gateway.problems[source][problem]:
                to.add("openclaw_lock_source_problems_total", f'{of_source},problem="{problem}"', count)


class Exporter:
    def __init__(self, instance, gateways, started, cluster="", silent_from=float("inf")):
        self.labels = f'job="{JOB}",instance="{instance}"' + (f',cluster="{cluster}"' if cluster else "")
        self.silent_from = silent_from
        self.gateways, self.started = gateways, started
        self.rng = random.Random(instance)
        self.cpu = 0.4
        self.slow_searches = 0
        self.answers = {200: 0, 404: 0, 405: 0, 500: 0, 503: 0}

    def scrape(self, to, at, step, lean):
        # A server has other targets, too.
        for host, up in (("host-a", 1), ("host-b", 0)):
            to.add_once("up", f'job="node",instance="{host}:9100"', up)
        to.add("up", self.labels, 1 if at < self.silent_from else 0)
        if at >= self.silent_from:
            return
        for gateway in self.gateways:
            gateway.advance(at, step)
            labels = f'{self.labels},gateway="{gateway.name}"'
            add_locks(to, labels, gateway, at, lean)
            add_gateway(to, labels, gateway, at, lean)
            add_logs(to, labels, gateway, at, lean)
            add_disk(to, labels, gateway, at, lean)
            add_sources(to, labels, gateway, at, lean)
        for severity in ("some", "full"):
            worst = max((gateway.stalled[severity] for gateway in self.gateways), default=0)
            to.add("openclaw_lock_disk_stalled_seconds_total", f'{self.labels},severity="{severity}"', worst * 1.1)
        for origin, count in {"configured": len(self.gateways), "discovered": 0}.items():
            to.add("openclaw_lock_gateways", f'{self.labels},origin="{origin}"', count)
        to.add("openclaw_lock_discovery_up", self.labels, 1)
        to.add("openclaw_lock_discovery_last_success_timestamp_seconds", self.labels, at - 3)
        hanging = sum(not each.source_up("disk", at) for each in self.gateways)
        to.add("openclaw_lock_hanging_reads", self.labels, hanging)
        self.slow_searches += hanging * step // 5
        if self.slow_searches:
            to.add("openclaw_lock_discovery_problems_total", f'{self.labels},problem="timeout"', self.slow_searches)
        to.add("openclaw_lock_stall_interval_seconds", self.labels, 0.1)
        to.add("openclaw_lock_config_last_reload_successful", self.labels, 1)
        to.add("openclaw_lock_config_last_reload_success_timestamp_seconds", self.labels, self.started)
        build = f'{self.labels},version="0.1.0",revision="3eeff62c8be9",compiler="g++ 12.2.0"'
        to.add("openclaw_lock_exporter_build_info", build, 1)
        self.answers[200] += max(1, step // 15)
        for code, count in self.answers.items():
            to.add("openclaw_lock_exporter_http_requests_total", f'{self.labels},code="{code}"', count)
        self.cpu += step * self.rng.uniform(0.002, 0.004)
        to.add("process_cpu_seconds_total", self.labels, self.cpu)
        to.add("process_open_fds", self.labels, 24 + self.rng.randrange(3))
        to.add("process_max_fds", self.labels, 20000)
        to.add("process_virtual_memory_bytes", self.labels, 618_872_832)
        to.add("process_resident_memory_bytes", self.labels, 9_400_000 + self.rng.randrange(200_000))
        to.add("process_start_time_seconds", self.labels, self.started)


def small_fleet(incident_class, start, end):
    began = end - INCIDENT_SECONDS
    by_instance = {}
    for (instance, name), settings in FLEET.items():
        hurt = HURT.get(incident_class, {})
        if (instance, name) in hurt:
            settings = {
                **settings,
                "trouble": CAUSES[incident_class],
                "hurt_agents": hurt[instance, name],
                "began": began,
            }
        # One turn that failed: nothing to wake anybody for.
        blip = end - 2800 if name == "sales" and incident_class == "healthy" else None
        # The disk that stalls in the end also holds up the reader that looks at it.
        blind = ("disk", "timeout", end - 240) if name == "assistant" and incident_class == "F" else None
        gateway = Gateway(name, started=start - 3 * 86400, blip=blip, blind=blind, **settings)
        by_instance.setdefault(instance, []).append(gateway)
    dies = {"host-a:10069": end - DOWN_SECONDS} if incident_class == "down" else {}
    return [
        Exporter(instance, gateways, start - 2 * 86400, silent_from=dies.get(instance, float("inf")))
        for instance, gateways in by_instance.items()
    ]


def fleet_of_clusters(start, end):
    exporters = []
    for cluster, trouble in CLUSTERS.items():
        gateway = Gateway(
            "openclaw", {"main": 4}, trouble=trouble, began=end - INCIDENT_SECONDS, started=start - 3 * 86400
        )
        exporters.append(Exporter(LOCAL, [gateway], start - 2 * 86400, cluster=cluster))
    return exporters


def fleet_in_the_dark(start, end):
    del end
    exporters = []
    hosts = {"host-a:10069": {"assistant": "unrecognised", "support": "unread"}, "host-c:10069": {}}
    for instance, names in hosts.items():
        gateways = [Gateway(name, {"main": 3}, log=log, started=start - 3 * 86400) for name, log in names.items()]
        exporters.append(Exporter(instance, gateways, start - 2 * 86400))
    return exporters


def fleet_of_one_disk(start, end):
    gateways = [
        Gateway(
            name, {"main": 3}, trouble="disk_stall", began=end - INCIDENT_SECONDS, started=start - 3 * 86400,
            # In the end it gives up.
            readonly_from=end - 300,
        )  # fmt: skip
        for _, name in HURT["many"]
    ]
    return [Exporter("host-a:10069", gateways, start - 2 * 86400)]


def large_fleet(start, end):
    began = end - 20 * 60
    troubles = {}
    for cause, numbers in {
        "dead_holder": (17, 402, 733),
        "recycled_pid": (58, 611),
        "overdue_holder": (259, 847),
        "embedded_fallback": (333, 334, 905),
        "duplicate_gateways": (121, 560),
        "disk_stall": (701, 702, 703, 704),
        "sqlite_contention": (805, 815),
    }.items():
        troubles.update(dict.fromkeys(numbers, cause))
    exporters = []
    for host in range(20):
        gateways = []
        for number in range(host * 50, host * 50 + 50):
            cause = troubles.get(number)
            gateways.append(
                Gateway(
                    f"oc{number:03}",
                    {"main": 4 if cause else 1},
                    store="sqlite" if number >= 800 and cause in (None, "sqlite_contention") else "jsonl",
                    trouble=cause,
                    began=began if cause else float("inf"),
                    started=start - 86400,
                    blind=("logs", "denied", began) if number in (77, 78) else None,
                )
            )
        exporters.append(Exporter(f"node-{host:02}:10069", gateways, start - 86400))
    return exporters


def write_history(incident_class, end, hours, step, out):
    start = end - int(hours * 3600)
    lean = incident_class == "thousand"
    others = {
        "thousand": large_fleet, "clusters": fleet_of_clusters, "many": fleet_of_one_disk, "blind": fleet_in_the_dark,
    }  # fmt: skip
    make = others.get(incident_class, functools.partial(small_fleet, incident_class))
    fleet = make(start, end)
    recording = Recording()
    for at in range(start, end, step):
        recording.at = at
        for exporter in fleet:
            exporter.scrape(recording, at, step, lean)
    recording.write(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("incident_class", metavar="CLASS", choices=[*CLASSES, "thousand"])
    parser.add_argument("--end", type=int, required=True)
    parser.add_argument("--hours", type=float, default=2)
    parser.add_argument("--step", type=int, default=60)
    options = parser.parse_args()
    write_history(options.incident_class, options.end, options.hours, options.step, sys.stdout)


if __name__ == "__main__":
    main()
