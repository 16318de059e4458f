#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a fleet costs Prometheus, measured with the real exporter and a real Prometheus; prints the tables of
deploy/fleet/README.md. Called by fleet_cost.sh.

Series a gateway come from an exporter that watches one gateway that works. Bytes a sample come from the block that
Prometheus makes of what it scraped from one exporter with many gateways. Time goes by SPEED times as fast there: each
gateway has a turn in two minutes and a half of its own time, which is half a minute here.
"""

import gzip
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

BINARY, RULES, place = sys.argv[1:4]
GATEWAYS = int(os.environ.get("GATEWAYS", "200"))
AGENTS = int(os.environ.get("AGENTS", "5"))
SECONDS = int(os.environ.get("MEASURE_SECONDS", "480"))
SPEED = 5  # a scrape each 3 s instead of each 15; a chunk has 120 samples
TURN = 150  # seconds between two turns of a gateway
# inotify allows a user 128 instances, and the exporter takes one a gateway: not those of who runs this.
AS_ANOTHER = ["setpriv", "--reuid=64987", "--regid=64987", "--clear-groups"] if os.geteuid() == 0 else []
INCIDENT = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "../fixtures/captures/2026.4.24/16-two-gateways/filelog.new")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
started = []
# Python would end at once, and leave behind what it has started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def start(command, log):
    with open(log, "wb") as file:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    started.append(process)
    return process


def fetch(url, **headers):
    with OPENER.open(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        return answer.read()


def await_url(log, pattern):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with open(log, encoding="utf-8", errors="replace") as file:
            found = re.search(pattern, file.read())
        if found:
            return found.group(1)
        time.sleep(0.05)
    raise SystemExit(f"not started: {log}")


def make_state(directory, agents):
    for number in range(agents):
        os.makedirs(f"{directory}/agents/agent{number}/sessions")


def start_exporter(prefix, *flags):
    log = f"{place}/exporter{len(started)}.log"
    start([*prefix, BINARY, "--web.listen-address=127.0.0.1:0", "--sample.interval=1s", *flags], log)
    url = await_url(log, r"url=(http://\S+/metrics)")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            fetch(url.replace("/metrics", "/-/ready"))
            return url
        except OSError:
            time.sleep(0.1)
    raise SystemExit("not ready")


def start_gateway(state):
    started.append(subprocess.Popen(["openclaw-gateway"], executable=f"{place}/openclaw-gateway", stdin=subprocess.DEVNULL,
                                    env={"PATH": os.environ["PATH"], "OPENCLAW_STATE_DIR": state}))


def take_lock(directory, seconds):
    path = f"{directory}/{random.getrandbits(64):x}.jsonl.lock"
    with open(path, "w", encoding="ascii") as file:
        json.dump({"pid": os.getpid(), "createdAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())}, file)
    timer = threading.Timer(seconds, os.unlink, [path])
    timer.daemon = True
    timer.start()


def series_of(agents):
    """Of a gateway that runs, has locks and had an incident: its series, all series, bytes of a scrape, gzipped."""
    state = f"{place}/series{agents}"
    make_state(state, agents)
    log = f"{place}/series{agents}.log"
    with open(log, "w", encoding="utf-8"):
        pass
    start_gateway(state)
    url = start_exporter([], f"--openclaw.state-dir=g={state}", f"--openclaw.log=g={log}")
    with open(INCIDENT, encoding="utf-8") as source, open(log, "a", encoding="utf-8") as file:
        text = source.read()
        for number in range(agents):
            file.write(re.sub(r"/agents/main/", f"/agents/agent{number}/", text))
    for number in range(agents):
        take_lock(f"{state}/agents/agent{number}/sessions", 600)
    deadline = time.monotonic() + 30
    while True:
        body = fetch(url).decode()
        timeouts = value_of(body, "openclaw_lock_timeouts_total")
        held = sum(line.endswith(" 1") for line in body.splitlines()
                   if line.startswith("openclaw_lock_files{") and 'holder="alive"' in line)
        if timeouts >= agents and held == agents and 'instances{gateway="g"} 1' in body:
            break
        if time.monotonic() > deadline:
            raise SystemExit("the gateway does not show")
        time.sleep(0.2)
    lines = [line for line in body.splitlines() if not line.startswith("#")]
    return sum('gateway="g"' in line for line in lines), len(lines), len(body), len(gzip.compress(body.encode(), 6))


def value_of(text, name):
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if re.match(name + r"[{ ]", line))


def run_prometheus(url):
    """Series in memory, samples, bytes of a sample and of the index of a series, memory, seconds of CPU."""
    where = f"{place}/prometheus"
    os.makedirs(where)
    config = (f"global: {{scrape_interval: {15 // SPEED}s, scrape_timeout: {15 // SPEED}s}}\n"
              f"scrape_configs:\n  - job_name: openclaw-locks\n    static_configs: [{{targets: ['{url.split('/')[2]}']}}]\n")
    with open(RULES, encoding="utf-8") as file, open(f"{where}/rules.yml", "w", encoding="utf-8") as copy:
        copy.write(re.sub(r"interval: (30s|2m)", lambda found: "interval: 6s" if found.group(1) == "30s" else "interval: 24s",
                          file.read()))
    config += f"rule_files: ['{where}/rules.yml']\n"
    with open(f"{where}/prometheus.yml", "w", encoding="utf-8") as file:
        file.write(config)
    log = f"{where}/log"
    process = start(["prometheus", f"--config.file={where}/prometheus.yml", f"--storage.tsdb.path={where}/data",
                     "--web.listen-address=127.0.0.1:0", "--web.enable-admin-api"], log)
    await_url(log, r"(Server is ready to receive)")
    port = listening_port(process.pid)
    address = f"http://127.0.0.1:{port}"
    time.sleep(SECONDS)
    own = fetch(f"{address}/metrics").decode()
    series = value_of(own, "prometheus_tsdb_head_series")
    samples = value_of(own, "prometheus_tsdb_head_samples_appended_total")
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        resident = int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) * 1024
    cpu = value_of(own, "process_cpu_seconds_total")
    with OPENER.open(urllib.request.Request(f"{address}/api/v1/admin/tsdb/snapshot", method="POST"), timeout=300) as answer:
        name = json.loads(answer.read())["data"]["name"]
    chunks = index = counted = 0
    for directory, _, files in os.walk(f"{where}/data/snapshots/{name}"):
        for file in files:
            size = os.path.getsize(f"{directory}/{file}")
            if file == "index":
                index += size
            elif os.path.basename(directory) == "chunks":
                chunks += size
            elif file == "meta.json":
                with open(f"{directory}/{file}", encoding="utf-8") as meta:
                    counted += json.load(meta)["stats"]["numSamples"]
    process.terminate()
    process.wait()
    shutil.rmtree(f"{where}/data")
    return {"series": series, "samples": counted or samples, "chunk": chunks / counted, "index": index / series,
            "resident": resident, "cpu": cpu}


def listening_port(pid):
    inodes = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        found = re.match(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{name}"))
        if found:
            inodes.add(found.group(1))
    with open(f"/proc/{pid}/net/tcp", encoding="ascii") as file:
        for line in file.readlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                return int(fields[1].split(":")[1], 16)
    raise SystemExit("Prometheus listens nowhere")


def main():
    print("| agents | series of the gateway | all series of the exporter | bytes of a scrape | gzipped |\n|---|---|---|---|---|")
    series = {}
    for agents in (1, 5, 64):
        series[agents], everything, size, packed = series_of(agents)
        print(f"| {agents} | {series[agents]} | {everything} | {size:,} | {packed:,} |")
    sys.stdout.flush()
    while started:
        process = started.pop()
        process.kill()
        process.wait()

    fleet = f"{place}/fleet"
    for number in range(GATEWAYS):
        make_state(f"{fleet}/g{number}", AGENTS)
    url = start_exporter(AS_ANOTHER, f"--openclaw.state-dir={fleet}/g*")
    stop = threading.Event()

    def work():
        while not stop.wait(1):
            for number in random.sample(range(GATEWAYS), GATEWAYS * SPEED // TURN):
                take_lock(f"{fleet}/g{number}/agents/agent{random.randrange(AGENTS)}/sessions", random.uniform(0.2, 3))

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    found = run_prometheus(url)
    stop.set()
    raw = len([line for line in fetch(url).decode().splitlines() if not line.startswith("#")])
    recorded = found["series"] - raw
    cores = 10000 * found["cpu"] / (SECONDS * SPEED * GATEWAYS)
    print(f"\n{GATEWAYS} gateways of {AGENTS} agents, {SECONDS * SPEED // 15} scrapes: {found['series']:,.0f} series ({recorded / GATEWAYS:.0f} a "
          f"gateway are recorded by the rules), {found['samples']:,.0f} samples, {found['chunk']:.2f} bytes a sample, "
          f"{found['index']:.0f} bytes of index a series and block, {found['resident'] / found['series']:,.0f} bytes of memory a "
          f"series, {cores:.1f} cores for 10,000 gateways, scrapes and rules together")
    a_gateway = raw / GATEWAYS
    per_gateway = found["series"] / GATEWAYS
    for interval in (15, 60):
        # What is recorded comes each 30 s, whatever the scrapes do.
        a_second = 10000 * (a_gateway / interval + recorded / GATEWAYS / 30)
        day = a_second * 86400 * found["chunk"] + 10000 * per_gateway * found["index"] * 12
        print(f"| 10,000 gateways, {AGENTS} agents, each {interval} s | {10000 * per_gateway / 1e6:.1f} million | "
              f"{a_second / 1000:,.0f} thousand | {day / 1e9:.1f} GB | {10000 * per_gateway * found['resident'] / found['series'] / 1e9:.0f} GB |")


try:
    main()
finally:
    for left in started:
        left.kill()
        left.wait()
