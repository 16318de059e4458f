#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Incidents for a real Prometheus and Alertmanager: each is an exporter of its own, and what must be received of it.

   incidents.py serve DIVISOR          prints its port; time runs DIVISOR times as fast, from the first scrape on
   incidents.py targets PORT           scrape configurations, as Prometheus reads them
   incidents.py end                    when all is over, in the seconds of that time, which /now tells
   incidents.py judge FILE             lines NAME, tab, what is expected, tab, what FILE of webhook.py has: parts of
                                       RECEIVER CLUSTER GATEWAY: STATUS... ALERT...; a status that is repeated is one
"""
import http.server
import json
import socketserver
import sys
import time

import exposition
import yaml

T = 150  # where incidents begin
END = 2310
LONG = 10 * END
MESSAGES = 5  # a page, its end, and causes that show or go in between
SOURCES = ("locks", "logs", "processes", "disk")
NEVER = (LONG, LONG)
incidents = {}


def line(name, value, gateway=None, **labels):
    labels = {"gateway": gateway, **labels} if gateway else labels
    inner = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return f"openclaw_lock_{name}{{{inner}}} {value}\n"


def count(t, start, end, each):
    """What happened by t, from `start` to `end` each so many seconds."""
    return 0 if t < start else int((min(t, end) - start) / each) + 1


def within(t, span):
    return span[0] <= t < span[1]


def gateway(t, name="g", *, fails=(), locks=(), two=NEVER, unread=NEVER, unread_source="logs", starts=NEVER,
        refused=NEVER,
            blocked=NEVER, held=NEVER, stale=NEVER, removed=NEVER, sqlite=False):
    """A gateway at t, well but for what is given. fails: (agent, from, to, each); locks: (agent, holder, from, to)."""
    if within(t, removed):
        return ""
    lost = unread_source if within(t, unread) else None
    out = [line("source_up", int(source != lost), name, source=source) for source in SOURCES]
    out.append(line("store_info", 1, name, store="sqlite" if sqlite else "jsonl",
            version="2026.9.6" if sqlite else "2026.4.24"))
    out.append(line("log_files", 1, name))
    if lost != "processes":
        out.append(line("gateway_instances", 2 if within(t, two) else 1, name))
        out.append(line("gateway_start_time_seconds", 1000 + count(t, *starts, 60), name))
    for agent in sorted({"main"} | {fail[0] for fail in fails}):
        failed = sum(count(t, *fail[1:]) for fail in fails if fail[0] == agent)
        out.append(line("timeouts_total", failed, name, agent=agent, kind="sqlite" if sqlite else "session"))
    if not sqlite and lost != "locks":
        for holder in ("dead", "recycled"):
            there = sum(lock[1] == holder and within(t, lock[2:]) for lock in locks)
            out.append(line("files", there, name, agent="main", kind="session", holder=holder))
        late = sum(lock[1] == "overdue" and within(t, lock[2:]) for lock in locks)
        out.append(line("overdue_files", late, name, agent="main"))
    for event, span, each in (("gateway_already_running", refused, 40), ("lock_stale", stale, 60)):
        out.append(line("log_events_total", 2 * count(t, *span, each), name, event=event))
    out.append(line("gateway_blocked_seconds_total", max(0, min(t, blocked[1]) - blocked[0]), name))
    if sqlite:
        out.append(line("sqlite_writer_held_seconds", t - held[0] if within(t, held) else 0, name, database="agent"))
    return "".join(out)


def incident(name, body, *expected, cluster="", down=NEVER):
    """body: t to the exporter's text; down: when it does not answer."""
    incidents[name] = {"body": body, "expected": sorted(expected), "cluster": cluster, "down": down}


def page(alerts, gateway_name="g", cluster="-", statuses="firing resolved"):
    return f"page {cluster} {gateway_name}: {statuses} {alerts}"


def ticket(alerts, gateway_name="g", cluster="-", statuses="firing resolved"):
    return f"ticket {cluster} {gateway_name}: {statuses} {alerts}"


OUTAGE = ("main", T, T + 600, 30)

incident("well", lambda t: gateway(t))
incident("outage", lambda t: gateway(t, fails=[OUTAGE]), page("Timeouts"))
incident("outage-with-quiet-minutes", lambda t: gateway(t,
        fails=[("main", T, T + 300, 30), ("main", T + 540, T + 840, 30)]),
         page("Timeouts"))
incident("two-agents-after-another", lambda t: gateway(t,
        fails=[("main", T, T + 330, 30), ("work", T + 330, T + 660, 30)]),
         page("Timeouts"))
# Equal instances and gateways in two clusters: the cause in one is none in the other.
incident("twin-eu", lambda t: gateway(t, two=(T, T + 700)), page("DuplicateGateways", cluster="eu"), cluster="eu")
incident("twin-us", lambda t: gateway(t, fails=[OUTAGE]), page("Timeouts", cluster="us"), cluster="us")
incident("forty", lambda t: "".join(gateway(t, f"oc{i}", fails=[("main", T + i % 12 * 5, T + 600, 60)],
        blocked=(T - 60, T + 600))
                                    for i in range(40)), page("ManyGatewaysHurt", "-"))
incident("disk-of-two", lambda t: "".join(gateway(t, f"oc{i}", fails=[OUTAGE],
        blocked=(T - 60, T + 600)) for i in range(2)),
         page("Timeouts", "oc0"), page("Timeouts", "oc1"))
incident("duplicates-and-timeouts", lambda t: gateway(t, two=(T, T + 700), fails=[OUTAGE]),
        page("DuplicateGateways Timeouts"))
incident("dead-holder", lambda t: gateway(t, fails=[OUTAGE], locks=[("main", "dead", T - 30, T + 620)]),
        page("HolderDead"))
incident("recycled-pid", lambda t: gateway(t, fails=[OUTAGE], locks=[("main", "recycled", T - 30, T + 620)]),
        page("PidRecycled"))
incident("overdue-holder", lambda t: gateway(t, fails=[OUTAGE], locks=[("main", "overdue", T - 30, T + 620)]),
        page("Overdue"))
incident("database-held", lambda t: gateway(t, sqlite=True, fails=[OUTAGE], held=(T - 30, T + 600)), page("Timeouts"))
incident("wedged", lambda t: gateway(t, stale=(T, T + 600)), page("SessionWedged"))
incident("restart-loop", lambda t: gateway(t, starts=(T, T + 600)), page("RestartLoop"))
# The exporter, or a reader of it, dies in each kind of page and returns when all is well.
GONE = (T + 450, T + 1000)
for name, alerts, what in (
        ("timeouts", "Timeouts", {"fails": [("main", T, T + 900, 30)]}),
        ("duplicates", "DuplicateGateways", {"two": (T, T + 900)}),
        ("dead", "HolderDead", {"fails": [("main", T, T + 900, 30)], "locks": [("main", "dead", T - 30, T + 900)]}),
        ("recycled", "PidRecycled", {"fails": [("main", T, T + 900, 30)],
        "locks": [("main", "recycled", T - 30, T + 900)]}),
        ("overdue", "Overdue", {"fails": [("main", T, T + 900, 30)], "locks": [("main", "overdue", T - 30, T + 900)]}),
        ("restarts", "RestartLoop", {"starts": (T, T + 900)})):
    incident(f"exporter-dies-{name}", lambda t, what=what: gateway(t, **what), page(alerts),
            ticket("ExporterDown", "-"), down=GONE)
# It takes 12 min to be sure of.
incident("exporter-dies-wedged", lambda t: gateway(t, stale=(0, T + 1050)), page("SessionWedged"),
         ticket("ExporterDown", "-"), down=(T + 720, T + 1270))
incident("exporter-dies-many", lambda t: "".join(gateway(t, f"oc{i}",
        fails=[("main", T, T + 900, 60)]) for i in range(6)),
         page("ManyGatewaysHurt", "-"), ticket("ExporterDown", "-"), down=GONE)
BLIND = (T + 310, T + 310 + 1070)
incident("log-lost-in-outage", lambda t: gateway(t, fails=[("main", T, T + 310, 30)], unread=BLIND),
         page("Timeouts"), ticket("Blind"))
incident("standing-page-and-new-blindness", lambda t: gateway(t, two=(T, LONG), unread=BLIND),
         page("DuplicateGateways", statuses="firing"), ticket("Blind"))
incident("gateway-removed", lambda t: gateway(t, fails=[OUTAGE], removed=(T + 450, LONG)) + gateway(t, "other"),
        page("Timeouts"))
# Beside a gateway that lasts it is no page.
incident("refused-starts", lambda t: gateway(t, refused=(T, T + 480)), ticket("RestartLoop"))


# ---- what was received

def told(notification):
    firing = [alert["labels"]["alertname"] for alert in notification["alerts"] if alert["status"] == "firing"]
    return {alert.removeprefix("OpenClawLock") for alert in firing}


def received(name, path):
    """Tickets that only speak of a page's cause may come or not: when a page ends they are no more kept back."""
    own = incidents[name]
    kept = {"ExporterDown",
            "Blind"} | {alert for text in own["expected"] if text.startswith("ticket") for alert in text.split()[3:]}
    groups = {}
    with open(path, encoding="utf-8") as file:
        for notification in map(json.loads, file):
            labels = notification["groupLabels"]
            if labels.get("instance") != instance(name) or labels.get("cluster", "") != own["cluster"]:
                continue
            alerts = told(notification)
            if notification["receiver"] == "ticket":
                named = {alert["labels"]["alertname"].removeprefix("OpenClawLock") for alert in notification["alerts"]}
                if not named & kept:
                    continue
                alerts &= kept
            group = groups.setdefault((notification["receiver"], labels.get("gateway", "-")), [[], set(), 0])
            group[2] += 1
            if group[0][-1:] != [notification["status"]]:
                group[0].append(notification["status"])
            group[1] |= alerts
    return sorted(f"{receiver} {own['cluster'] or '-'} {gateway_name}: {' '.join(statuses)} {' '.join(sorted(alerts))}"
                  + (f" ({times} messages)" if times > MESSAGES else "")
                  for (receiver, gateway_name), (statuses, alerts, times) in groups.items())


def instance(name):
    return ("twin" if name.startswith("twin") else name) + ":10069"


# ---- the exporters

class Handler(exposition.Handler):
    protocol_version = "HTTP/1.1"
    began = None

    def do_GET(self):
        name = self.path.strip("/")
        now = (time.time() - Handler.began) * DIVISOR if Handler.began else 0
        if name == "now":
            return self.answer(200, f"{now:.0f}\n")
        Handler.began = Handler.began or time.time()
        own = incidents[name]
        return self.answer(503, "") if within(now, own["down"]) else self.answer(200,
                own["body"](now) + line("discovery_up", 1))


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A replica that is killed leaves its connections."""


command = sys.argv[1]
if command == "serve":
    DIVISOR = float(sys.argv[2])
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
elif command == "targets":
    print(yaml.safe_dump([{"job_name": "openclaw-locks", "static_configs": [{
        "targets": ["127.0.0.1:" + sys.argv[2]],
        "labels": {"instance": instance(name), "__metrics_path__": "/" + name,
                   **({"cluster": own["cluster"]} if own["cluster"] else {})},
    } for name, own in incidents.items()]}]))
elif command == "end":
    print(END)
else:
    for name, own in incidents.items():
        print(name, "; ".join(own["expected"]), "; ".join(received(name, sys.argv[2])), sep="\t")
