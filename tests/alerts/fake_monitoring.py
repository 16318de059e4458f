#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Answers as Prometheus, Alertmanager and a gateway's health check do, on a free port each that it prints first."""

import http.server
import json
import re
import threading
import urllib.parse

ALERT = {"alertname": "OpenClawLockWatchdog", "severity": "none"}
PROMETHEUS = {
    "/-/healthy": "Prometheus Server is Healthy.\n",
    "/api/v1/alerts": {"status": "success", "data": {"alerts": [{"labels": ALERT, "state": "firing"}]}},
    "/api/v1/alertmanagers": {"status": "success", "data": {"activeAlertmanagers": [{"url": "http://127.0.0.1/"}]}},
    "/api/v1/targets": {"status": "success", "data": {"activeTargets": [
        {"labels": {"job": "openclaw-locks"}, "scrapeUrl": "http://127.0.0.1/metrics", "lastError": "", "health": "up"},
    ]}},
}
ALERTMANAGER = {
    "/-/healthy": "OK",
    "/api/v2/alerts": [{"labels": ALERT, "status": {"state": "active", "silencedBy": []}}],
    "/metrics": 'alertmanager_notifications_total{integration="webhook"} 7\n'
                'alertmanager_notifications_failed_total{integration="webhook"} 0\n',
}
GATEWAY = {"/healthz": {"ok": True}}
# What a path may be asked with; the real ones take no other value, and the runbooks need no other question.
QUERIES = {
    "/api/v1/targets": {"state": r"active|dropped|any"},
    "/api/v2/alerts": {"filter": r"\w+(=|!=|=~|!~)[\w\".*]+", "active": "true|false", "silenced": "true|false"},
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        asked = urllib.parse.parse_qsl(url.query, keep_blank_values=True)
        known = QUERIES.get(url.path, {})
        good = all(re.fullmatch(known.get(name, r"(?!)"), value) for name, value in asked)
        self.answer(self.server.answers.get(url.path) if good else None)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            good = self.server.answers is ALERTMANAGER and self.path == "/api/v2/alerts" \
                and self.headers["Content-Type"] == "application/json" \
                and all(alert["labels"]["alertname"] for alert in json.loads(body))
        except (ValueError, KeyError):
            good = False
        self.answer("" if good else None)

    def answer(self, value):
        text = (value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))).encode()
        self.send_response(404 if value is None else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


ports = []
for answers in (PROMETHEUS, ALERTMANAGER, GATEWAY):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers = answers
    threading.Thread(target=server.serve_forever).start()
    ports.append(server.server_port)
print(*ports, flush=True)
