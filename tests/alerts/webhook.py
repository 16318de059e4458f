#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Receives the webhooks of an Alertmanager.

   webhook.py FILE     prints its port, and appends to FILE a line of JSON a request: {"at": SECONDS, "receiver": PATH, ...body}
"""
import http.server
import json
import sys
import time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body["at"] = time.time()
        body["receiver"] = self.path.strip("/")
        with open(sys.argv[1], "a", encoding="utf-8") as file:
            file.write(json.dumps(body) + "\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
