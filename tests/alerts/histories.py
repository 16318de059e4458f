#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Histories on both sides of each threshold, as a test for promtool on standard output.

   histories.py STEP RULES     scraped each STEP seconds; run by histories_test.sh

A history is an exporter of its own, named after it, which is well but for what the history says: the rules run once for
all of them. Times are in seconds. A page or ticket that is expected to end must end once, and not come and go.
"""
import sys

import yaml

STEP = int(sys.argv[1])
RULES = sys.argv[2]
EVALUATION = 30
HOURS = 3
END = HOURS * 3600
LATE = 60 + 2 * STEP  # what the groups' order and scrapes may add

TIMEOUTS, DUPLICATES, DEAD, RECYCLED, OVERDUE = (
    "OpenClawLock" + name for name in ("Timeouts", "DuplicateGateways", "HolderDead", "PidRecycled", "Overdue"))
MANY, WEDGED, LOOP, SLOW_BURN, DISK, SQLITE = (
    "OpenClawLock" + name for name in (
        "ManyGatewaysHurt", "SessionWedged", "RestartLoop", "TimeoutsSlowBurn", "DiskWait", "SqliteContention"))
BLIND, DOWN, RELOAD = ("OpenClawLock" + name for name in ("Blind", "ExporterDown", "ConfigReloadFailed"))
PAGE, TICKET = "critical", "warning"

series = []
checks = []
names = []


# ---- what a metric is at a time; None: no sample

def counted(events, base=0, resets=()):
    """How many of the events were by then; a reset forgets those before it."""
    def at(t):
        since = max((r for r in resets if r <= t), default=None)
        if since is None:
            return base + sum(e <= t for e in events)
        return sum(since < e <= t for e in events)
    return at


def growing(per_minute, *stands):
    """Grows evenly, but not in the times (from, to)."""
    def at(t):
        lost = sum(max(0, min(t, b) - a) for a, b in stands)
        return (t - lost) * per_minute / 60
    return at


def steps(value, *changes):
    """A gauge: `value`, and in each (from, to, other) the other."""
    def at(t):
        return next((other for a, b, other in reversed(changes) if a <= t < b), value)
    return at


def seen(at, *absent):
    """The same without samples in (from, to)."""
    return lambda t: None if any(a <= t < b for a, b in absent) else at(t)


def every(seconds, start, end):
    return list(range(start, end, seconds))


def values(at):
    had, out = False, []
    for t in range(0, END + 1, STEP):
        value = at(t)
        if value is None:
            out.append("stale" if had else "_")
        else:
            out.append(f"{value:.10g}")
        had = value is not None
    return " ".join(out)


# ---- histories

HEALTHY = {
    "source_up:locks": steps(1), "source_up:logs": steps(1), "source_up:processes": steps(1),
    "source_up:disk": steps(1),
    "gateway_instances": steps(1), "log_files": steps(1), "gateway_start_time_seconds": steps(-9000),
    "store_info:jsonl:2026.4.24": steps(1),
}
LABELS = {  # after the colons
    "source_up": ["source"], "store_info": ["store", "version"], "timeouts_total": ["kind", "agent"],
    "acquired_total": ["agent"], "files": ["holder", "agent"], "overdue_files": ["agent"],
    "log_events_total": ["event"],
    "sqlite_writer_held_seconds": ["database"], "sqlite_bytes": ["database", "file"], "turns_total": ["outcome"],
    "disk_wait_seconds_total": ["operation"], "disk_operations_total": ["operation"],
    "gateway_disk_stalled_seconds_total": ["severity"], "log_lines_total": ["outcome"],
    "source_problems_total": ["source", "problem"], "gateways": ["origin"],
}
DEFAULTS = {"agent": "main", "kind": "session"}
KINDS = {"acquired_total", "files"}  # always of sessions here
OF_EXPORTER = {"gateways", "discovery_up", "config_last_reload_successful"}


def add(instance, gateway, metric, at, extra):
    name, *given = metric.split(":")
    labels = {"job": "openclaw-locks", "instance": instance, **extra}
    if name != "up" and name not in OF_EXPORTER:
        labels["gateway"] = gateway
    if name in KINDS:
        labels["kind"] = "session"
    wanted = LABELS.get(name, [])
    for label, value in zip(wanted, given + [DEFAULTS.get(label) for label in wanted[len(given):]]):
        labels[label] = value
    text = ",".join(f'{label}="{value}"' for label, value in labels.items())
    name = name if name == "up" else "openclaw_lock_" + name
    series.append({"series": f"{name}{{{text}}}", "values": values(at)})


def history(name, metrics, *expected, gateways=("g",), up=steps(1), **extra):
    """`metrics`: NAME[:LABEL...] to what it is at a time, or a function of the gateway's number to that; None takes one
    of HEALTHY away."""
    instance = name.replace(" ", "_").replace(",", "")
    if (instance, extra) in names:
        raise ValueError("twice: " + name)
    names.append((instance, extra))
    if up:
        add(instance, "", "up", up, extra)
    for number, gateway in enumerate(gateways):
        own = metrics(number) if callable(metrics) else metrics
        has_era = any(key.startswith("store_info") for key in own)
        era = {key: None for key in HEALTHY if has_era and key.startswith("store_info")}
        for metric, at in {**HEALTHY, **era, **own}.items():
            if at:
                add(instance, gateway, metric, at, extra)
    for expectation in expected:
        checks.extend(expectation(instance))


# ---- what is expected

def selector(instance, alert, severity, **labels):
    all_labels = {"instance": instance, "alertstate": "firing", "alertname": alert, "severity": severity, **labels}
    return "ALERTS{" + ",".join(f'{k}="{v}"' for k, v in all_labels.items() if v is not None) + "}"


def check(t, expression, value=None):
    samples = [] if value is None else [{"labels": "{}", "value": value}]
    at = -(-t // EVALUATION) * EVALUATION
    if at > END:
        raise ValueError(f"{expression}: after the end")
    return {"eval_time": f"{at}s", "expr": expression, "exp_samples": samples}


def never(severity=None, alert=None, **labels):
    """Nothing of that kind fires at any time."""
    return lambda i: [check(END, f"count by (alertname, severity, reason) (count_over_time("
                                 f"{selector(i, alert, severity, **labels)}[{END}s]))")]


def fires(alert, severity, after, by, over=None, count=1, once=True, **labels):
    """Not yet at `after`, at `by`, no more at `over`, without a break in between. `over` of None: to the end."""
    def of(i):
        alerts = selector(i, alert, severity, **labels)
        yield check(after, f"count({alerts})")
        yield check(by, f"count({alerts})", count)
        yield check(over or END, f"count({alerts})", None if over else count)
        if once:
            at = f"timestamp({alerts})[{END}s:{EVALUATION}s]"
            yield check(END, f"count((max_over_time({at}) - min_over_time({at})) / {EVALUATION} + 1"
                             f" == count_over_time({alerts}[{END + 15}s]))", count)
    return of


def pages(alert, after, by, over=None, **labels):
    return fires(alert, PAGE, after, by, over, **labels)


def tickets(alert, after, by, over=None, **labels):
    return fires(alert, TICKET, after, by, over, **labels)


START = 1800
KEPT = 600 + 300 + LATE  # a page stays for ten minutes after the last failure, of which the windows hold three or so

# ---- turns fail: how many, how long, what share

history("two failures are not enough", {"timeouts_total": counted([START, START + 240])}, never())
history("three are, while they go on", {"timeouts_total": counted([START, START + 120, START + 240])},
        pages(TIMEOUTS, START + 180, START + 240 + LATE, START + 240 + 600 + LATE))
history("three in eleven minutes are not", {"timeouts_total": counted([START, START + 330, START + 660])}, never(PAGE))
history("ten in a minute are a burst", {"timeouts_total": counted(every(6, START, START + 60))}, never(PAGE))
history("an outage of two minutes", {"timeouts_total": counted(every(10, START, START + 100))}, never(PAGE))
history("an outage of six minutes", {"timeouts_total": counted(every(20, START, START + 360))},
        pages(TIMEOUTS, START + 150, START + 240 + LATE, START + 360 + KEPT))
for percent, expected in ((6, never(PAGE)), (9, pages(TIMEOUTS, START + 600, START + 1800 + LATE, 7200 + KEPT + 300))):
    each = 60 / (20 * percent / 100)  # of 20 turns a minute
    history(f"{percent} percent of the turns fail",
            {"timeouts_total": counted([START + i * each for i in range(int((7200 - START) / each))]),
             "acquired_total": growing(20 * (1 - percent / 100))}, expected)
for version, store, expected in (
        ("2026.5.18", "2026.5.18", never(PAGE)),
        ("2026.5.22", "2026.5.22", pages(TIMEOUTS, START, START + 1800 + LATE, 7200 + KEPT + 900))):
    history(f"3 failures and 42 locks a minute, {version}",
            {"timeouts_total": counted(every(20, START, 7200)), "acquired_total": growing(42),
             f"store_info:jsonl:{store}": steps(1)}, expected)
history("the share of the older release, in the newer one",
        {"timeouts_total": counted(every(60, START, 7200)), "acquired_total": growing(6 * 20),
         "store_info:jsonl:2026.5.22": steps(1)}, never(PAGE))

# ---- of an agent, of a gateway, of many

history("two agents, one failure each", {"timeouts_total:session:a": counted([START]),
                                        "timeouts_total:session:b": counted([START + 100])}, never())
history("three agents in two minutes", {f"timeouts_total:session:{a}": counted([START + i * 50])
                                       for i, a in enumerate("abc")}, never(PAGE))
history("three agents in turn, nothing known of good turns",
        {f"timeouts_total:session:{a}": counted(every(330, START + i * 110, 5400)) for i, a in enumerate("abc")},
        pages(TIMEOUTS, START + 200, START + 330 + 240 + LATE, 5400 + KEPT))
history("two agents in turn beside a hundred good turns a minute",
        {"turns_total:ok": growing(100), **{
            f"timeouts_total:session:{a}": counted(every(330, START + i * 165, 5400)) for i, a in enumerate("ab")}},
        never(PAGE))
history("two agents in turn beside five good turns a minute",
        {"turns_total:ok": growing(5), **{
            f"timeouts_total:session:{a}": counted(every(330, START + i * 165, 5400)) for i, a in enumerate("ab")}},
        pages(TIMEOUTS, START + 200, START + 660 + 240 + LATE, 5400 + KEPT))
for number, many in ((4, False), (5, True)):
    history(f"{number} gateways at once", {"timeouts_total": counted(every(30, START, 3600))},
            pages(MANY, START + 120, START + 360 + LATE, 3600 + 900 + KEPT) if many else never(PAGE, MANY),
            pages(TIMEOUTS, START + 120, START + 300 + LATE, 3600 + KEPT, count=number),
            gateways=[f"g{i}" for i in range(number)])
history("12 gateways, 4 of them hurt", lambda i: {"timeouts_total": counted(every(30, START, 3600) if i < 4 else [])},
        never(PAGE, MANY), gateways=[f"g{i}" for i in range(12)])
history("12 gateways of a stalled disk",
        lambda i: {"timeouts_total": counted(every(60, START + i, 3600)),
                   "gateway_blocked_seconds_total": growing(55, (0, START), (3600, END))},
        pages(MANY, START + 120, START + 400 + LATE, 3600 + 900 + KEPT, cause="disk_stall"),
        never(PAGE, MANY, cause=""),
        gateways=[f"oc{i}" for i in range(12)])

# ---- one who writes seldom

history("each fifth minute fails", {"timeouts_total": counted(every(300, START, 7200)), "acquired_total": steps(60)},
        pages(TIMEOUTS, START + 900, START + 1800 + LATE, 7200 + KEPT))
history("each ninth minute fails, beside nothing", {"timeouts_total": counted(every(540, START, 9000))}, never(PAGE))
history("each fifth minute fails, but for each fifth turn",
        {"timeouts_total": counted([t for t in every(300, START, 7200) if (t - START) % 1500]),
         "acquired_total": counted(every(1500, START, 7200), 60)}, never(PAGE))
history("four in half an hour, then no more", {"timeouts_total": counted(every(400, START, START + 1600)),
                                              "acquired_total": steps(60)}, never(PAGE))

# ---- counters that begin, restart, or are not seen

history("first seen with 500", {"timeouts_total": seen(counted([], 500), (0, START))}, never())
history("first seen with 500, and it goes on",
        {"timeouts_total": seen(counted(every(30, 0, 5400), 500), (0, START))},
        pages(TIMEOUTS, START, START + 300 + LATE, 5400 + KEPT))
history("a counter that restarts after the outage",
        {"timeouts_total": seen(counted(every(30, START, 3600), resets=[4200]), (4200, 4245))},
        pages(TIMEOUTS, START + 120, START + 300 + LATE, 3600 + KEPT))
history("a counter that restarts in the outage",
        {"timeouts_total": seen(counted(every(30, START, 5400), resets=[3000]), (3000, 3045))},
        pages(TIMEOUTS, START + 120, START + 300 + LATE, 5400 + KEPT))
history("a backlog of what is over", {"timeouts_total": seen(counted(every(60, START + 60, START + 1200)),
        (START, START + 1500))},
        never(PAGE))
history("a backlog of what goes on", {"timeouts_total": seen(counted(every(45, START + 60, 5400)),
        (START, START + 1200))},
        pages(TIMEOUTS, START + 1200, START + 1500 + LATE, 5400 + KEPT))
history("scrapes fail for 4 min after the outage",
        {"timeouts_total": seen(counted(every(30, START, 3600)), (3630, 3870))}, up=steps(1, (3630, 3870, 0)),
        *[pages(TIMEOUTS, START + 120, START + 300 + LATE, 3870 + KEPT), never(TICKET, DOWN)])
history("scrapes fail for 4 min twice in the outage",
        {"timeouts_total": seen(counted(every(40, START, 5400)), (2400, 2640), (3000, 3240))},
        pages(TIMEOUTS, START + 120, START + 300 + LATE, 5400 + KEPT), up=steps(1, (2400, 2640, 0), (3000, 3240, 0)))
for half in "ab":
    history("two failures each, of two replicas", {"timeouts_total": counted([START, START + 240])},
            never(replica=half), replica=half)

# ---- a page whose exporter or reader dies

history("the exporter dies before the page is due, and stays dead",
        {"timeouts_total": seen(counted(every(30, START, END)), (START + 120, END))},
        never(PAGE), tickets(DOWN, START + 300, START + 420 + LATE + 300), up=steps(1, (START + 120, END + 1, 0)))
history("the exporter dies in the outage, returns, and all is well",
        {"timeouts_total": seen(counted(every(30, START, 3600)), (3000, 6000))},
        pages(TIMEOUTS, START + 120, START + 300 + LATE, 6000 + KEPT),
        tickets(DOWN, 3000, 3000 + 300 + LATE, 6000 + LATE), up=steps(1, (3000, 6000, 0)))
history("the exporter dies in the outage, returns, and it goes on",
        {"timeouts_total": seen(counted(every(30, START, 8400)), (3000, 6000))},
        pages(TIMEOUTS, START + 120, START + 300 + LATE, 8400 + KEPT), up=steps(1, (3000, 6000, 0)))
history("the log reader dies in the outage, returns, and all is well",
        {"timeouts_total": seen(counted(every(30, START, 3600)), (3000, 6000)),
        "source_up:logs": steps(1, (3000, 6000, 0))},
        pages(TIMEOUTS, START + 120, START + 300 + LATE, 6000 + KEPT),
        tickets(BLIND, 3000 + 840, 3000 + 900 + LATE, 6000 + 150 + LATE, reason="source_down"))
history("another reader dies after the outage", {"timeouts_total": counted(every(30, START, 3600)),
                                                "source_up:disk": steps(1, (3600, END, 0))},
        pages(TIMEOUTS, START + 120, START + 300 + LATE, 3600 + KEPT))
history("down for four and a half minutes", {}, never(), up=steps(1, (START, START + 240, 0)))
history("down for seven minutes", {}, tickets(DOWN, START + 270, START + 330 + STEP, START + 420 + LATE),
        up=steps(1, (START, START + 420, 0)))

# ---- two gateways on one state directory

history("two gateways for five minutes", {"gateway_instances": steps(1, (START, START + 300, 2))}, never())
history("two gateways for 350 s", {"gateway_instances": steps(1, (START, START + 350, 2))}, never(PAGE))
history("two gateways for 20 min", {"gateway_instances": steps(1, (START, START + 1200, 2))},
        pages(DUPLICATES, START + 330, START + 360 + LATE, START + 1200 + 450 + LATE))
history("two gateways, one stopped for two minutes and started again",
        {"gateway_instances": steps(1, (START, START + 600, 2), (START + 720, START + 1320, 2))},
        pages(DUPLICATES, START + 330, START + 360 + LATE, START + 1320 + 450 + LATE))
history("two gateways for five minutes, scrapes missed",
        {"gateway_instances": seen(steps(1, (START, START + 300, 2)), (START + 60, START + 90),
        (START + 300, START + 330))},
        never(PAGE))
history("two for 270 s, the exporter away for two minutes, then one",
        {"gateway_instances": seen(steps(1, (START, START + 270, 2)), (START + 270, START + 390))}, never(PAGE),
        up=steps(1, (START + 270, START + 390, 0)))
history("two for 270 s, the exporter away for two minutes, then still two",
        {"gateway_instances": seen(steps(1, (START, 5400, 2)), (START + 270, START + 390))},
        pages(DUPLICATES, START + 330, START + 390 + 360 + LATE, 5400 + 450 + LATE),
        up=steps(1, (START + 270, START + 390, 0)))
history("two page, the exporter dies, returns and sees one",
        {"gateway_instances": seen(steps(1, (START, 4000, 2)), (3000, 6000))},
        pages(DUPLICATES, START + 330, START + 360 + LATE, 6000 + 450 + LATE), up=steps(1, (3000, 6000, 0)))

# ---- starts and refusals

history("four starts in half an hour",
        {"gateway_start_time_seconds": counted(every(420, START, START + 1600), 1000)}, never())
history("a start each seven minutes", {"gateway_start_time_seconds": counted(every(420, START, END), 1000)},
        tickets(LOOP, START + 3600, START + 4200 + 300 + LATE), never(PAGE))
history("a start each quarter of an hour", {"gateway_start_time_seconds": counted(every(900, 0, END), 1000)}, never())
history("a start each three minutes", {"gateway_start_time_seconds": counted(every(180, START, 5400), 1000)},
        pages(LOOP, START + 600, START + 900 + LATE, 5400 + 1200 + LATE))
for refusals, expected in ((9, never()), (24, tickets(LOOP, START + 600, START + 1500 + LATE,
        START + 24 * 75 + 1200 + LATE))):
    history(f"{refusals} starts refused",
            {"log_events_total:gateway_already_running": counted([START + 75 * i for i in range(refusals)])}, expected)
history("no gateway comes up", {"gateway_instances": steps(1, (START, 5400, 0)),
                               "log_events_total:gateway_start_failed": counted(every(60, START, 5400))},
        pages(LOOP, START + 500, START + 900 + LATE, 5400 + 1200 + LATE))

# ---- locks whose holder is gone, or late

for kind, alert in (("dead", DEAD), ("recycled", RECYCLED)):
    lock = f"files:{kind}"
    history(f"{kind} for 14 min", {lock: steps(0, (START, START + 840, 1))}, never())
    history(f"{kind} for 20 min", {lock: steps(0, (START, START + 1200, 1))}, never(PAGE),
            tickets(alert, START + 870, START + 900 + LATE, START + 1200 + 90 + LATE))
    history(f"{kind}, and two failures", {lock: steps(0, (START, END, 1)),
            "timeouts_total": counted([START, START + 240])},
            never(PAGE))
    history(f"{kind}, and failures until it goes",
            {lock: steps(0, (START - 100, 4000, 1)), "timeouts_total": counted(every(60, START, 4000))},
            pages(alert, START + 120, START + 300 + LATE, 4000 + KEPT))
    history(f"{kind}, and users give up until it goes",
            {lock: steps(0, (START - 100, 6000, 1)), "timeouts_total": counted(every(60, START, START + 400))},
            pages(alert, START + 120, START + 300 + LATE, 6000 + KEPT),
            pages(TIMEOUTS, START + 120, START + 300 + LATE, START + 400 + KEPT))
    history(f"{kind} of another agent",
            {f"files:{kind}:old": steps(1), "timeouts_total": counted(every(60, START, 4000))}, never(PAGE, alert))
    history(f"{kind}, in an outage that was over before", {
        lock: steps(0, (4000, 6000, 1)), "timeouts_total": counted(every(60, START, 2700))}, never(PAGE, alert))
history("overdue for four minutes", {"overdue_files": steps(0, (START, START + 240, 1))}, never())
history("overdue for a quarter of an hour", {"overdue_files": steps(0, (START, START + 900, 1))}, never(PAGE),
        tickets(OVERDUE, START + 270, START + 300 + LATE, START + 900 + 150 + LATE))
history("overdue, and two failures of a hundred turns a minute",
        {"overdue_files": steps(0, (START, 5400, 1)), "acquired_total": growing(100),
         "timeouts_total": counted([START + 400, START + 600])}, never(PAGE))
history("overdue, and a failure a minute of a hundred turns",
        {"overdue_files": steps(0, (START, 5400, 1)), "acquired_total": growing(100),
         "timeouts_total": counted(every(60, START, 5400))},
        pages(OVERDUE, START + 120, START + 300 + LATE, 5400 + KEPT), never(PAGE, TIMEOUTS))

# ---- stale errors

history("two runs fail by stale locks", {"log_events_total:lock_stale": counted([START, START, START + 660,
        START + 660])},
        never())
history("four runs fail by stale locks, and on",
        {"log_events_total:lock_stale": counted([t for t in every(400, START, 5400) for _ in range(2)])},
        pages(WEDGED, START + 720, START + 1200 + LATE, 5400 + 600 + 300 + LATE))
history("three runs in ten seconds fail by stale locks",
        {"log_events_total:file_lock_stale": counted([START + i for i in (0, 0, 5, 5, 10, 10)])}, never())
history("eight runs in six minutes fail by stale locks",
        {"log_events_total:lock_stale": counted([t for t in every(50, START, START + 360) for _ in range(2)])}, never())

# ---- databases and disks

SQLITE_ERA = {"store_info:sqlite:2026.9.6": steps(1)}
history("a database held for 45 s", {**SQLITE_ERA, "sqlite_writer_held_seconds:agent": steps(0,
        (START, START + 45, 40))},
        never())
history("a database held for five minutes",
        {**SQLITE_ERA, "sqlite_writer_held_seconds:agent": lambda t: t - START if START <= t < START + 300 else 0},
        never(PAGE), tickets(SQLITE, START + 60, START + 90 + LATE, START + 300 + 150 + 900 + LATE, reason="held"))
history("a database held for 25 s again and again",
        {**SQLITE_ERA, "sqlite_writer_held_seconds:agent": lambda t: t % 25}, never())
history("two turns fail by the database", {**SQLITE_ERA, "timeouts_total:sqlite": counted([START, START + 240])},
        never())
history("turns fail by the database", {**SQLITE_ERA, "timeouts_total:sqlite": counted(every(60, START, 3600))},
        pages(TIMEOUTS, START + 120, START + 300 + LATE, 3600 + KEPT))
history("nine slow waits in ten minutes", {**SQLITE_ERA,
        "log_events_total:sqlite_slow_lock_wait": counted(every(70, START, 5400))},
        never())
history("slow waits each 40 s", {**SQLITE_ERA, "log_events_total:sqlite_slow_lock_wait": counted(every(40, START,
        5400))},
        never(PAGE), tickets(SQLITE, START + 400, START + 600 + LATE, 5400 + 1200 + LATE, reason="waits"))


def disk(milliseconds, start, end):
    return {"disk_operations_total:write": growing(1200),
            "disk_wait_seconds_total:write": lambda t: 20 * (0.001 * t + milliseconds / 1000 * max(0,
            min(t, end) - start)
                                                             * (t > start))}


history("writes of 40 ms", disk(40, START, END), never())
history("writes of 60 ms for eight minutes", disk(60, START, START + 480), never())
history("writes of 60 ms for half an hour", disk(60, START, START + 1800), never(PAGE),
        tickets(DISK, START + 600, START + 900 + LATE, START + 1800 + 300 + LATE, reason="latency"))
for share, expected in ((30, never()), (50, tickets(DISK, START + 600, START + 900 + LATE, 5400 + 300 + LATE,
        reason="stalled"))):
    history(f"stalled for {share} percent", {
        "gateway_disk_stalled_seconds_total:some": growing(share * 0.6, (0, START), (5400, END))}, expected)
for share, expected in ((40, never()), (60, tickets(DISK, START + 600, START + 900 + LATE, 5400 + 300 + LATE,
        reason="blocked"))):
    history(f"blocked for {share} percent", {
        "gateway_blocked_seconds_total": growing(share * 0.6, (0, START), (5400, END))}, expected)

# ---- what cannot be seen

for minutes, expected in ((14, never()), (30, tickets(BLIND, START + 870, START + 900 + LATE,
        START + 1800 + 150 + LATE))):
    until = START + minutes * 60
    history(f"no log for {minutes} min", {"source_up:logs": steps(1, (START, until, 0))}, expected)
    history(f"no gateway for {minutes} min", {"gateway_instances": steps(1, (START, until, 0)),
                                              "log_files": steps(1)}, expected)
    history(f"nothing watched for {minutes} min", {"gateways:configured": steps(0),
            "gateways:discovered": steps(1, (START, until, 0)),
                                                   "discovery_up": steps(1)}, expected)
    history(f"discovery fails for {minutes} min", {"gateways:discovered": steps(1),
            "discovery_up": steps(1, (START, until, 0))},
            expected)
history("nine locks, and a silent log", {"acquired_total": counted(every(200, START, START + 1700)),
        "log_bytes_total": steps(5000)},
        never())
history("a lock a minute, and a silent log",
        {"acquired_total": growing(1), "log_bytes_total": growing(5000, (START, 7200))},
        tickets(BLIND, START + 1800, START + 1800 + 900 + 2 * LATE, 7200 + LATE, reason="log_silent"))
history("no line is understood", {"log_lines_total:unparsed": growing(10),
        "log_lines_total:ignored": growing(10, (START, 6000)),
                                  "log_lines_total:matched": steps(3)},
        tickets(BLIND, START + 1800, START + 1800 + 900 + 2 * LATE, 6000 + LATE, reason="log_unrecognised"))
history("19 lines an hour are not understood", {"log_lines_total:unparsed": growing(19 / 60),
        "log_lines_total:ignored": steps(4),
                                                "log_lines_total:matched": steps(3)}, never())
history("a backlog that is read", {"log_unread_bytes": lambda t: max(0, 9e7 - 9000 * t)}, never())
history("a backlog that grows", {"log_unread_bytes": lambda t: 9000 * min(t, 6000) if t < 6000 else 0},
        tickets(BLIND, 1800, 120 + 1800 + 900 + 2 * LATE, 6000 + LATE, reason="log_unread"))
history("a reload that is mended at once", {"config_last_reload_successful": steps(1, (START, START + 240, 0))},
        never())
history("a reload that is not", {"config_last_reload_successful": steps(1, (START, START + 900, 0))},
        tickets(RELOAD, START + 270, START + 300 + LATE, START + 900 + LATE))
history("uncounted gateways that work", {"gateway_instances": None, "gateway_start_time_seconds": None,
        "acquired_total": growing(1),
                                         "log_bytes_total": growing(9000)}, never())

# ---- restarts and clocks

history("a clock that is an hour ahead", {"gateway_start_time_seconds": steps(3700),
        "files:dead": steps(0, (START, 5400, 1))},
        tickets(DEAD, START + 870, START + 900 + LATE, 5400 + 150 + LATE))
history("a clock that is an hour behind", {"gateway_start_time_seconds": steps(-3700),
        "files:dead": steps(0, (START, 5400, 1))},
        tickets(DEAD, START + 870, START + 900 + LATE, 5400 + 150 + LATE))
history("a restart leaves a dead lock that goes within six minutes",
        {"gateway_start_time_seconds": steps(-9000, (START, END, START)),
        "overdue_files": steps(0, (START, START + 500, 1))}, never())

print("# SPDX-License-Identifier: Apache-2.0")
yaml.safe_dump({
    "rule_files": [RULES],
    "evaluation_interval": f"{EVALUATION}s",
    # The worst order: each group sees what the next one recorded a round before.
    "group_eval_order": ["openclaw-lock-" + name for name in (
        "alerts-turns", "alerts-causes", "alerts-sight", "records-slow", "records-fleet", "records-causes",
        "records-gateways", "records-timeouts")],
    "tests": [{"name": f"scraped each {STEP} s", "interval": f"{STEP}s", "input_series": series,
    "promql_expr_test": checks}],
}, sys.stdout, sort_keys=False, width=10 ** 6)
print(f"{len(names)} histories", file=sys.stderr)
