# SPDX-License-Identifier: Apache-2.0
"""A gateway as the exporter would see it, healthy or in one kind of trouble, one scrape after the other."""

import bisect
import math
import random

HOLD_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1020, 1200, 1800]
PROBE_BOUNDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 60]
EVENTS = [
    "lock_timeout", "lock_stale", "lock_removed_stale", "lock_force_released", "session_takeover", "file_lock_stale",
    "embedded_fallback", "all_models_failed", "gateway_already_running", "gateway_refused", "sqlite_lock_wait_failed",
    "sqlite_slow_lock_wait", "sqlite_slow_hold", "database_locked", "liveness_warning", "stuck_session",
    "log_suppressed", "gateway_start_failed", "session_conflict",
]  # fmt: skip
HOLDERS = ["alive", "dead", "recycled", "unknown"]
PROBLEMS = ["missing", "denied", "malformed", "too_big", "io", "timeout", "namespace", "unsupported", "unrecognised"]
SOURCES = {"locks": 0.0004, "logs": 0.0007, "processes": 0.0021, "disk": 0.0003}
OUTCOMES = ["released", "abandoned", "stolen"]

# Requests a second, and seconds a request on a good disk and on one that stalls.
DISK = {"read": (6.0, 0.0006, 0.04), "write": (38.0, 0.0011, 0.42), "flush": (7.0, 0.0019, 1.1)}

# From one start to the next, where none lasts.
LOOP_SECONDS = 120

# Which share of the turns of the troubled agents fails.
FAILING = {
    "dead_holder": 0.55,
    "recycled_pid": 0.5,
    "overdue_holder": 0.5,
    "embedded_fallback": 0.3,
    "duplicate_gateways": 0.3,
    "disk_stall": 0.3,
    "sqlite_contention": 0.35,
}


def poisson(rng, mean):
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


class Histogram:
    def __init__(self, bounds=HOLD_BOUNDS):
        self.bounds = bounds
        self.buckets = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value):
        self.buckets[bisect.bisect_left(self.bounds, value)] += 1
        self.total += value


class Gateway:
    """`agents`: turns a minute by name. `trouble`: a cause as the rules name it, or None; from `began` on. `blind`: a
    reader that fails, at what, and from when on. `log`: "unrecognised" or "unread", all the time."""

    def __init__(self, name, agents, store="jsonl", trouble=None, hurt_agents=(), began=math.inf, started=0,
                 network=False, accounted=False, probed=False, blip=None, blind=None, readonly_from=math.inf,
                 log=""):  # fmt: skip
        self.name, self.agents, self.store = name, agents, store
        self.trouble, self.began, self.started = trouble, began, started
        self.hurt_agents = list(hurt_agents) or list(agents)
        self.network, self.accounted, self.probed = network, accounted, probed
        self.blip, self.blind, self.readonly_from, self.log = blip, blind, readonly_from, log
        self.rng = random.Random(f"{name} {trouble}")
        self.events = dict.fromkeys(EVENTS, 0)
        self.turns = {"error": 0, "ok": 0}
        self.stalls = Histogram()
        kinds = ("session", "session_store", "sandbox") if store == "jsonl" else ("sandbox", "sqlite")
        self.timeouts = {("", kind): 0 for kind in kinds}
        self.acquired, self.released, self.holds = {}, {}, {}
        if store == "jsonl":
            for agent in agents:
                for kind in ("session", "session_store"):
                    self.timeouts[agent, kind] = 0
                    self.acquired[agent, kind] = 0
                    self.released[agent, kind] = dict.fromkeys(OUTCOMES, 0)
                self.holds[agent] = Histogram()
        else:
            self.timeouts.update({(agent, "sqlite"): 0 for agent in agents})
        self.waits = {}
        self.last_timeout = None
        self.alive = dict.fromkeys(agents, 0)
        self.alive_age = dict.fromkeys(agents, 0.0)
        self.lines = dict.fromkeys(("matched", "ignored", "unparsed", "oversized"), 0)
        self.log_bytes, self.rotations, self.unread = 0, 3, 0
        self.disk = {operation: [0.0, 0] for operation in DISK}
        self.blocked = self.accounted_wait = 0.0
        self.stalled = {"some": 0.0, "full": 0.0}
        self.probes = Histogram(PROBE_BOUNDS)
        self.problems = {source: dict.fromkeys(PROBLEMS, 0) for source in SOURCES}
        self.wal = 4_100_000
        self.main_bytes = 88_000_000
        self.duration = dict(SOURCES)
        self.writer_age = 0.0

    def in_trouble(self, at):
        return at >= self.began

    def has(self, trouble, at):
        return self.trouble == trouble and self.in_trouble(at)

    # What happened in the `step` seconds before `at`.
    def advance(self, at, step):
        self._use_disk(at, step)
        if self.has("restart_loop", at):
            # It ends before it answers anybody.
            self.events["gateway_start_failed"] += poisson(self.rng, step / LOOP_SECONDS)
        for agent, per_minute in self.agents.items() if not self.has("restart_loop", at) else ():
            self._take_turns(agent, poisson(self.rng, per_minute * step / 60), at)
        self._other_events(at, step)
        if self.blip and at - step < self.blip <= at:
            self._fail(next(iter(self.agents)), at)
        self._log(at, step)
        if self.blind and at >= self.blind[2]:
            source, problem, _ = self.blind
            self.problems[source][problem] += max(1, step // 5)

    def _take_turns(self, agent, turns, at):
        failing = FAILING.get(self.trouble, 0) if self.in_trouble(at) and agent in self.hurt_agents else 0
        slow = self.has("disk_stall", at)
        longest, done = 0.0, 0
        for _ in range(turns):
            if self.rng.random() < failing:
                self._fail(agent, at)
                continue
            hold = min(self.rng.lognormvariate(3.3 if slow else 1.7, 0.7), 280)
            longest, done = max(longest, hold), done + 1
            if self.store == "jsonl":
                self.holds[agent].observe(hold)
        if self.store != "jsonl":
            return
        for kind, each in (("session", 1), ("session_store", 2)):
            self.acquired[agent, kind] += done * each
            self.released[agent, kind]["released"] += done * each
        if done and self.has("duplicate_gateways", at) and self.rng.random() < 0.05:
            self.released[agent, "session"]["stolen"] += 1
        self.alive[agent] = min(done, 2)
        self.alive_age[agent] = min(longest, 45) * self.rng.uniform(0.2, 0.9)

    def _fail(self, agent, at):
        kind = "sqlite" if self.store == "sqlite" else "session"
        self.timeouts[agent, kind] += 1
        self.last_timeout = at - self.rng.random()
        self.waits.setdefault(kind, Histogram()).observe(5.04 if kind == "sqlite" else 10.0)
        if kind == "sqlite":
            self.events["sqlite_lock_wait_failed"] += 1
            self.events["database_locked"] += 2
        else:
            self.events["lock_timeout"] += 3
        if self.trouble == "embedded_fallback":
            self.events["embedded_fallback"] += 1
        if self.rng.random() < 0.2:
            self.events["all_models_failed"] += 1

    def _other_events(self, at, step):
        def sometimes(event, per_minute):
            self.events[event] += poisson(self.rng, per_minute * step / 60)

        if self.has("duplicate_gateways", at):
            sometimes("gateway_already_running", 0.5)
        if self.has("overdue_holder", at):
            sometimes("stuck_session", 0.5)
        if self.has("session_wedged", at):
            sometimes("lock_stale", 0.6)
            sometimes("file_lock_stale", 0.3)
        if self.has("disk_stall", at):
            sometimes("liveness_warning", 0.3)
        if self.has("sqlite_contention", at):
            sometimes("liveness_warning", 0.4)
            sometimes("sqlite_slow_hold", 0.8)
            for _ in range(poisson(self.rng, 1.5 * step / 60)):
                self.events["sqlite_slow_lock_wait"] += 1
                self.waits.setdefault("sqlite", Histogram()).observe(self.rng.uniform(1, 4.9))
            # The writer lets go now and then, and the next one hangs as well.
            self.writer_age = 0.0 if self.writer_age > 95 else self.writer_age + step
            self.wal += int(180_000 * step * self.rng.random())
        elif self.store == "sqlite":
            self.wal = 4_100_000 + int(2_000_000 * self.rng.random())
            self.main_bytes += self.rng.randrange(40_000)
        if not at - step < self.began <= at:
            return
        if self.trouble == "dead_holder":
            self.released[self.hurt_agents[0], "session"]["abandoned"] += 1
        if self.trouble == "recycled_pid":
            # The restart swept up other locks of the last run.
            self.events["lock_removed_stale"] += 1

    def _log(self, at, step):
        lines = poisson(self.rng, 0.6 * step)
        self.lines["unparsed" if self.log == "unrecognised" else "ignored"] += lines
        if self.log == "unread":
            self.log_bytes += lines * 500
            self.unread += 300_000
            return
        self.turns["ok"] += lines // 3
        if self.events["liveness_warning"] > sum(self.stalls.buckets):
            self.stalls.observe(self.rng.uniform(1, 6))
        if self.log == "unrecognised":
            self.log_bytes += lines * 500
            return
        self.lines["matched"] = sum(self.events.values())
        if self.rng.random() < 0.002:
            self.lines["unparsed"] += 1
        self.log_bytes += lines * self.rng.randrange(380, 620)
        self.unread = self.rng.randrange(4000) if self.rng.random() < 0.1 else 0
        if int(at) % 86400 < step:
            self.rotations += 1

    def _use_disk(self, at, step):
        stalls = self.has("disk_stall", at)
        for operation, (rate, good, bad) in DISK.items():
            count = poisson(self.rng, min(rate * step / (6 if stalls else 1), 600))
            self.disk[operation][1] += count
            self.disk[operation][0] += count * (bad if stalls else good) * self.rng.uniform(0.75, 1.3)
        self.blocked += step * (self.rng.uniform(0.6, 0.85) if stalls else self.rng.uniform(0, 0.004))
        some = step * (self.rng.uniform(0.6, 0.85) if stalls else self.rng.uniform(0, 0.01))
        self.stalled["some"] += some
        self.stalled["full"] += some * 0.7
        self.accounted_wait += some * 0.5
        if self.probed and int(at) % 60 < step:
            self.probes.observe(self.rng.uniform(0.8, 2.2) if stalls else self.rng.uniform(0.002, 0.012))

    # What stands still between two scrapes.
    def running(self, at):
        if self.has("restart_loop", at):
            return 1 if (at - self.began) % LOOP_SECONDS < LOOP_SECONDS / 2 else 0
        return 2 if self.has("duplicate_gateways", at) else 1

    def youngest_start(self, at):
        if self.has("restart_loop", at):
            return at - (at - self.began) % LOOP_SECONDS
        restarts = ("dead_holder", "recycled_pid", "duplicate_gateways")
        return self.began + 12 if self.trouble in restarts and at >= self.began + 12 else self.started

    def stuck(self, agent, at):
        """Locks nobody will release: (holder, how many, age of the oldest)."""
        if agent != self.hurt_agents[0] or not self.in_trouble(at):
            return None
        age = at - self.began
        if self.trouble == "dead_holder":
            return "dead", (2 if age > 700 else 1), age + 8
        if self.trouble == "recycled_pid":
            return "recycled", 1, age + 70
        if self.trouble == "overdue_holder":
            return "alive", 1, age + 330
        return None

    def overdue(self, agent, at):
        return 1 if self.has("overdue_holder", at) and agent == self.hurt_agents[0] else 0

    def writers(self, at):
        if self.store != "jsonl":
            return 0
        busy = any(self.alive.values()) or self.has("overdue_holder", at)
        second = self.has("duplicate_gateways", at) or (self.has("embedded_fallback", at) and self.rng.random() < 0.5)
        return (1 if busy else 0) + (1 if busy and second else 0)

    def source_up(self, source, at):
        return 0 if self.blind and source == self.blind[0] and at >= self.blind[2] else 1
