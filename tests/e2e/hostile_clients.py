# SPDX-License-Identifier: Apache-2.0
"""Clients that want to stop the exporter, and one that measures whether they do.

hostile_clients.py KIND COUNT SECONDS HOST:PORT CONTROL_HOST:PORT [tls]
    prints "SLOWEST_MS SLOWEST_OF_CONTROL_MS SCRAPES ATTACKERS_DESCRIPTORS"

CONTROL is another exporter, which is not attacked: it shows what else slows this machine down at the same moment.
"""
import base64
import os
import re
import resource
import socket
import ssl
import sys
import time

KIND, COUNT, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
ADDRESS, CONTROL = ((host, int(port)) for host, port in (given.rsplit(":", 1) for given in sys.argv[4:6]))
PAUSE = 1  # seconds from one connection of a client to the next
TLS = len(sys.argv) > 6
REQUEST = b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + os.environ.get("HEADER", "").encode() + b"\r\n"
PATIENCE = float(os.environ.get("PATIENCE", "60"))


def context():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


CONTEXT = context() if TLS else None


def waited():
    """Milliseconds in which anything on this machine had to wait for a processor or a disk, as e2e.sh has them."""
    total = 0
    for resource_name in ("cpu", "io", "memory"):
        try:
            with open(f"/proc/pressure/{resource_name}") as file:
                total += int(re.search(r"some .*total=(\d+)", file.read())[1])
        except OSError:
            pass
    return total / 1000


def scrape(address, tls):
    """Milliseconds of one whole scrape, as Prometheus makes it, without those in which something had to wait."""
    began, waited_before = time.monotonic(), waited()
    connection = socket.create_connection(address, PATIENCE)
    if tls:
        connection = CONTEXT.wrap_socket(connection)
    connection.sendall(REQUEST)
    answer = b""
    while True:
        piece = connection.recv(1 << 16)
        if not piece:
            break
        answer += piece
    connection.close()
    if not answer.startswith(b"HTTP/1.1 200 ") or b"openclaw_lock_exporter_build_info{" not in answer:
        raise SystemExit(f"a scrape failed: {answer[:100]!r}")
    return max(0, 1000 * (time.monotonic() - began) - (waited() - waited_before))


class Hostile:
    """One connection that is kept as long as the server lets it, and then made again."""

    def __init__(self, number):
        self.number = number
        self.socket = None
        self.sent = 0
        self.made = 0
        self.next = 0

    def step(self):
        if self.socket is None:
            # What is tried is patience, not how fast a loop can ask.
            if time.monotonic() < self.next:
                return
            self.next = time.monotonic() + PAUSE
            try:
                self.socket = socket.create_connection(ADDRESS, 5)
            except OSError:
                return
            self.made += 1
            self.socket.setblocking(False)
            self.sent = 0
        try:
            self.act()
        except BlockingIOError:
            pass
        except OSError:
            self.socket.close()
            self.socket = None

    def act(self):
        self.sent += 1
        if KIND == "idle":
            self.look()
        elif KIND == "slowloris":
            self.socket.send(b"GET /metrics HTTP/1.1\r\n" if self.sent == 1 else b"X-a: b\r\n")
            self.look()
        elif KIND == "half-handshake":
            if self.sent == 1:
                self.socket.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
            self.look()
        elif KIND == "huge-headers":
            self.socket.send(b"GET /metrics HTTP/1.1\r\n" if self.sent == 1 else b"X-a: " + b"b" * 4096)
            self.look()
        elif KIND == "pipelining":
            self.socket.send(REQUEST * 50)
            self.look()
        elif KIND == "half-closed":
            if self.sent == 1:
                self.socket.send(REQUEST)
                self.socket.shutdown(socket.SHUT_WR)
            self.look()
        elif KIND == "never-reading":
            if self.sent == 1:
                self.socket.send(REQUEST)
        elif KIND == "wrong-passwords":
            if self.sent == 1:
                self.socket.send(b"GET /metrics HTTP/1.1\r\nAuthorization: Basic " + self.password() + b"\r\n\r\n")
            self.look()
        else:
            raise SystemExit(f"unknown kind {KIND}")

    def password(self):
        return base64.b64encode(f"alice:{self.number}.{self.made}".encode())

    def look(self):
        """Notices that the server has closed."""
        if not self.socket.recv(1 << 16):
            raise OSError("closed")


limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
if limit < COUNT + 100:
    print(f"no more than {limit} descriptors")
    raise SystemExit(77)

hostile = [Hostile(number) for number in range(COUNT)]
child = os.fork()
if child == 0:
    while True:
        for one in hostile:
            one.step()
        time.sleep(0.01)
# The attack is on when all of them have had their turn.
time.sleep(min(SECONDS / 4, 2))
slowest, control, scrapes, ends = 0.0, 0.0, 0, time.monotonic() + SECONDS
try:
    while time.monotonic() < ends or scrapes < 3:
        slowest = max(slowest, scrape(ADDRESS, TLS))
        control = max(control, scrape(CONTROL, False))
        scrapes += 1
        time.sleep(0.05)
finally:
    held = len(os.listdir(f"/proc/{child}/fd"))
    os.kill(child, 9)
    os.waitpid(child, 0)
print(f"{slowest:.0f} {control:.0f} {scrapes} {held}")
