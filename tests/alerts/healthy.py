#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A healthy fleet, as a test for promtool on standard output: nothing but the watchdog may fire.

   healthy.py STEP HOURS GATEWAYS RULES [--hurt]      scraped each STEP seconds; --hurt: one of them is not well

Traffic by the time of day and a day without any, holds within their limits, lone timeouts and two in a row, restarts,
rolling restarts and an upgrade to SQLite, restarts of exporters with and without stored counts, scrapes that fail,
log rotation, nightly backups and reclamation, a gateway that goes and one that comes. The same arguments give the
same bytes.
"""
import random
import sys

import yaml

STEP, HOURS, GATEWAYS = (int(argument) for argument in sys.argv[1:4])
RULES = sys.argv[4]
HURT = "--hurt" in sys.argv
COUNT = HOURS * 3600 // STEP + 1
HOUR, DAY = 3600, 86400
TIMES = range(0, COUNT * STEP, STEP)
chance = random.Random(11)


def moments(per_day, apart=HOUR):
    """Times, `apart` at least, about so many a day."""
    found, t = [], chance.uniform(0, DAY / per_day)
    while t < HOURS * HOUR:
        found.append(int(t))
        t += max(apart, chance.expovariate(per_day / DAY))
    return found


def is_quiet(t):
    """Nobody writes in the third night, and on the sixth day."""
    return t // DAY % 7 == 5 or t % DAY < 6 * HOUR and t // DAY % 7 == 2


def busy(t):
    """Share of the traffic of a busy hour."""
    return 0 if is_quiet(t) else 1 if 8 * HOUR <= t % DAY < 20 * HOUR else 0.1


# ---- series are lists of a value a scrape, None where there is none

def growing(rate):
    """A counter by its rate a second at a time, in whole numbers."""
    total, out = 0.0, []
    for t in TIMES:
        out.append(int(total))
        total += rate(t) * STEP
    return out


def counted(events, of=1):
    events, out, n = sorted(events), [], 0
    for t in TIMES:
        while n < len(events) and events[n] <= t:
            n += 1
        out.append(n * of)
    return out


def gauge(value, changes=()):
    """`value`, and from each of (from, to, other) on the other."""
    out = [value] * COUNT
    for start, end, other in changes:
        for i in range(-(-start // STEP), min(COUNT, -(-end // STEP))):
            out[i] = other(i * STEP - start) if callable(other) else other
    return out


def without(values, absent):
    values = list(values)
    for start, end in absent:
        for i in range(max(0, -(-start // STEP)), min(COUNT, -(-end // STEP))):
            values[i] = None
    return values


def reset(values, at):
    """Counts from 0 again from each of these times on."""
    values, base = list(values), 0
    bounds = iter([*sorted(-(-t // STEP) for t in at), COUNT])
    following = next(bounds)
    original = list(values)
    for i in range(COUNT):
        while i == following:
            base, following = original[i] or 0, next(bounds)
        if values[i] is not None:
            values[i] -= base
    return values


def text(values):
    """In promtool's notation: runs with the same difference as one."""
    out, i = [], 0
    while i < COUNT:
        value = values[i]
        if value is None:
            run = 1
            while i + run < COUNT and values[i + run] is None:
                run += 1
            if i:
                out.append("stale")
            left = run - bool(i)
            out += [f"_x{left}"] if left else []
            i += run
            continue
        run, step = 1, None
        while i + run < COUNT and values[i + run] is not None:
            difference = values[i + run] - values[i + run - 1]
            step = difference if step is None else step
            if difference != step:
                break
            run += 1
        if step == 0:
            out.append(f"{value}x{run - 1}")
        elif run > 2:
            out.append(f"{value}{step:+d}x{run - 1}")
        else:
            out.append(f"{value}")
            run = 1
        i += run
    return " ".join(out)


series = []


def add(name, values, **labels):
    inner = ",".join(f'{label}="{value}"' for label, value in labels.items())
    series.append({"series": f"{name}{{{inner}}}", "values": text(values)})


# ---- hosts and gateways

def exporter(host, forgets):
    """Its restarts and failed scrapes, and when it forgets what it counted."""
    away = [(t, t + chance.choice([STEP, 45, 120, 240])) for t in moments(0.7, 8 * HOUR)]
    add("up", gauge(1, [(a, b, 0) for a, b in away]), job="openclaw-locks", instance=host)
    add("openclaw_lock_config_last_reload_successful", without(gauge(1), away), job="openclaw-locks", instance=host)
    add("openclaw_lock_gateways", without(gauge(GATEWAYS), away), job="openclaw-locks", instance=host,
            origin="discovered")
    add("openclaw_lock_discovery_up", without(gauge(1), away), job="openclaw-locks", instance=host)
    return away, [b for _, b in away] if forgets else []


def gateway(number, host, away, resets, era, countable):
    labels = {"job": "openclaw-locks", "instance": host, "gateway": f"g{number}"}
    version = {"old": "2026.4.24", "new": "2026.5.22", "sqlite": "2026.9.6"}[era]
    end = (COUNT + 1) * STEP
    lifetime = [(0, HOURS * HOUR * 4 // 7)] if number == 5 else [(HOURS * HOUR * 3 // 7, end)] if number == 4 else []
    absent = [*away, *lifetime]

    def put(name, values, **more):
        add("openclaw_lock_" + name, without(values, absent), **labels, **more)

    def put_counter(name, values, **more):
        put(name, reset(values, resets), **more)

    restarts = moments(0.4, 6 * HOUR)
    rolling = [(t, t + chance.randrange(30, 330)) for t in restarts[::2]]
    plain = [(t, t + chance.randrange(20, 240)) for t in restarts[1::2]]
    starts = sorted([a for a, _ in rolling] + [b for _, b in plain])
    upgrade = HOURS * HOUR // 2 if era == "old" and number % 3 == 0 else None
    locks_until = [(upgrade, end)] if upgrade else []
    if era == "sqlite":
        locks_until = [(0, end)]
    if countable:
        put("gateway_instances", gauge(1, [(a, b, 2) for a, b in rolling] + [(a, b, 0) for a, b in plain]))
        times = gauge(-9000, [(t, end, t) for t in starts])
        put("gateway_start_time_seconds", without(times, plain))
    put("store_info", without(gauge(1), locks_until if upgrade else []),
            store="sqlite" if era == "sqlite" else "jsonl", version=version)
    if upgrade:
        put("store_info", without(gauge(1), [(0, upgrade)]), store="sqlite", version="2026.9.6")
    for source in ("locks", "logs", "processes", "disk"):
        # A round fails now and then.
        put("source_up", gauge(1, [(t, t + 60, 0) for t in moments(0.5)]), source=source)

    # A failure happens beside others' traffic; twice within minutes where somebody writes again.
    per_turn = 6 if era == "new" else 1
    failures = [t for t in moments(1.5, 5 * HOUR) if busy(t) == 1]
    for position, agent in enumerate(("main", "work")):
        turns = chance.choice([0.02, 0.05, 0.2])
        if era != "sqlite":
            acquired = growing(lambda t: busy(t) * turns * per_turn)
            put_counter("acquired_total", without(acquired, locks_until), agent=agent, kind="session")
            held = [(t, t + chance.randrange(10, 900), chance.randrange(1, 4)) for t in moments(12) if not is_quiet(t)]
            alive = gauge(0, held)
            put("files", without(alive, locks_until), agent=agent, kind="session", holder="alive")
            left = [(b, b + chance.randrange(30, 600), 1) for _, b in plain] if position == 0 else []
            put("files", without(gauge(0, left), locks_until), agent=agent, kind="session", holder="dead")
            put("files", without(gauge(0), locks_until), agent=agent, kind="session", holder="recycled")
            # Scrapes of 120 s may show it for four minutes then, of the five that make a ticket.
            late = [(t, t + chance.randrange(30, 170), 1) for t in moments(0.3)]
            put("overdue_files", without(gauge(0, late), locks_until), agent=agent)
        own = failures[position::2]
        kind = "sqlite" if era == "sqlite" else "session"
        own = own + [t + 200 for t in own[::4]]
        if HURT and number == 1 and agent == "main":
            own += range(HOURS * HOUR // 2, HOURS * HOUR // 2 + 1800, 30)
        put_counter("timeouts_total", counted(own), agent=agent, kind=kind)
    if number % 2:
        put_counter("turns_total", growing(lambda t: busy(t) * 0.1), outcome="ok")

    rotations = moments(1, 20 * HOUR)
    put_counter("log_bytes_total", growing(lambda t: int(400 * busy(t))))
    put("log_files", gauge(1, [(t, t + 90, 2) for t in rotations]))
    put("log_unread_bytes", gauge(0, [(t, t + 60, 5000000) for t in rotations]))
    put_counter("log_lines_total", growing(lambda t: 2 * busy(t)), outcome="ignored")
    put_counter("log_lines_total", counted(moments(2)), outcome="unparsed")
    put_counter("log_events_total", counted(moments(0.35)), event="file_lock_stale")
    put_counter("log_events_total", counted(moments(0.2, 6 * HOUR), of=2), event="gateway_already_running")
    for event in ("gateway_start_failed", "lock_stale", "log_suppressed", "embedded_fallback"):
        put_counter("log_events_total", counted([]), event=event)
    migrates = range(DAY + 9 * HOUR, 2 * DAY, 260) if era == "sqlite" else []
    put_counter("log_events_total", counted(migrates), event="database_locked")
    put_counter("log_events_total", counted(moments(3)), event="sqlite_slow_lock_wait")

    # A quarter of an hour that loads the disk, four minutes of it more than it can take.
    backup = [(day * DAY + 2 * HOUR, day * DAY + 2 * HOUR + 900) for day in range(HOURS // 24 + 1)]

    def backs_up(t):
        return next((1 + (t < a + 240) for a, b in backup if a <= t < b), 0)

    put_counter("disk_operations_total", growing(lambda t: 100 if backs_up(t) else 10), operation="write")
    waits = growing(lambda t: (30, 3500, 7000)[backs_up(t)])  # milliseconds
    put_counter("disk_wait_seconds_total", [w // 1000 for w in waits], operation="write")
    put_counter("gateway_blocked_seconds_total", growing(lambda t: (0.1 * busy(t), 0.3, 0.8)[backs_up(t)]))
    put_counter("gateway_disk_stalled_seconds_total", growing(lambda t: (0.08, 0.3, 0.7)[backs_up(t)]), severity="some")
    if era == "sqlite" or upgrade:
        reclaims = [(a + 1800, a + 1847, lambda since: int(since)) for a, _ in backup]
        put("sqlite_writer_held_seconds", gauge(0, reclaims + [(t, t + 20, 12) for t in moments(5)]), database="agent")
        put("sqlite_bytes", gauge(8000000), database="agent", file="main")
        put("sqlite_bytes", growing(lambda t: 4096 * busy(t) // 60), database="agent", file="wal")


FORGETS = {"a:10069": False, "b:10069": True, "c:10069": False, "pod:10069": True}
hosts = {host: exporter(host, forgets) for host, forgets in FORGETS.items()}
for number in range(GATEWAYS):
    host = "pod:10069" if number == 3 else "abc"[number % 3] + ":10069"
    gateway(number, host, *hosts[host], ("old", "new", "sqlite")[number % 3], countable=number != 3)

yaml.safe_dump({
    "rule_files": [RULES],
    "evaluation_interval": "1m",
    "tests": [{
        "name": f"{GATEWAYS} healthy gateways for {HOURS} h, scraped each {STEP} s", "interval": f"{STEP}s",
        "input_series": series,
        "promql_expr_test": [{
            "eval_time": f"{HOURS}h", "exp_samples": [],
            "expr": 'count by (alertname, severity, reason, instance, gateway) (count_over_time('
                    f'ALERTS{{alertname!="OpenClawLockWatchdog",alertstate="firing"}}[{HOURS}h]))',
        }],
    }],
}, sys.stdout, sort_keys=False, width=10 ** 6)
