#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stands in for systemctl, journalctl, docker, kubectl, openclaw, node, sudo and crontab.

The test of the runbooks runs their commands with it.

It knows the subcommands and options that the runbooks may use, and fails on every other, as the real ones do on a
mistake in writing. What it was asked for it notes in FAKE_STATE/calls; what is started and stopped, below FAKE_STATE.

  FAKE_STATE       directory
  FAKE_CHECK_ONLY  only check the arguments; words in capitals stand for values, and values may be missing
"""

import os
import pathlib
import re
import subprocess
import sys
import tarfile
import time

STATE = pathlib.Path(os.environ["FAKE_STATE"])
CHECK_ONLY = "FAKE_CHECK_ONLY" in os.environ
NAME = pathlib.Path(sys.argv[0]).name
GATEWAY_UNIT, EXPORTER_UNIT = "openclaw-gateway.service", "openclaw-lock-exporter.service"
INSIDE = "/home/node/.openclaw"
SECONDS = r"\d+s"
SINCE = r"-\d+(min|h|d|s)"
NUMBER = r"\d+"
ANY = r"(?s).+"

JOURNAL = """\
systemd[1]: Started openclaw-gateway.service - OpenClaw Gateway.
systemd[1]: openclaw-gateway.service: Main process exited, code=killed, status=9/KILL
node[4711]: [gateway] removed stale session lock: /home/node/.openclaw/agents/main/sessions/a.jsonl.lock (dead-pid)
node[4711]: [diagnostic] lane task error: lane=session:agent:main:main durationMs=10040 \
error="SessionWriteLockTimeoutError: session file locked (timeout 10000ms): pid=4711 /home/node/a.jsonl.lock"
node[4711]: [diagnostic] stuck session: sessionId=a sessionKey=agent:main:main state=processing age=130s queueDepth=1
"""
KERNEL = "kernel: Out of memory: Killed process 4711 (node) total-vm:9000000kB\n"
EXPORTER_JOURNAL = "openclaw-lock-exporter[99]: level=warn msg=\"cannot read\" source=locks problem=missing\n"


def refuse(why):
    print(f"{NAME}: {why}: {' '.join(sys.argv[1:])}", file=sys.stderr)
    sys.exit(64)


class Arguments:
    """Options may stand anywhere; what follows `--` or the last expected word is left alone."""

    def __init__(self, words, flags=(), values=None, last=None):
        values = values or {}
        self.words, self.given, self.rest = [], {}, None
        words = list(words)
        while words:
            word = words.pop(0)
            option, equals, value = word.partition("=")
            if word == "--":
                self.rest = words
                break
            if word.startswith("-") and word in flags:
                self.given[word] = ""
            elif word.startswith("-") and option in values:
                if not equals:
                    if not words:
                        refuse(f"{option} wants a value")
                    value = words.pop(0)
                if not re.fullmatch(values[option], value) and not (CHECK_ONLY and value.isupper()):
                    refuse(f"'{value}' is no value of {option}")
                self.given[option] = value
            elif word.startswith("-"):
                refuse(f"no such option {word}")
            else:
                self.words.append(word)
                if last and len(self.words) == last:
                    self.rest = words
                    break

    def are(self, *patterns):
        if len(self.words) > len(patterns) or (len(self.words) < len(patterns) and not CHECK_ONLY):
            refuse(f"wants {len(patterns)} words")
        for word, pattern in zip(self.words, patterns):
            if not re.fullmatch(pattern, word) and not (CHECK_ONLY and word.isupper()):
                refuse(f"'{word}' is not known here")
        return self


def note():
    with open(STATE / "calls", "a") as calls:
        print(NAME, *sys.argv[1:], file=calls)


def get(thing, otherwise):
    file = STATE / thing
    return file.read_text() if file.exists() else otherwise


def put(thing, value):
    if not CHECK_ONLY:
        (STATE / thing).write_text(value)


def say(text):
    if not CHECK_ONLY:
        print(text, end="" if text.endswith("\n") else "\n")


# ---- systemd


def systemctl(words):
    properties = "ActiveState SubState Result MainPID NRestarts ExecMainStatus ExecMainStartTimestamp UnitFileState"
    one = "(" + properties.replace(" ", "|") + ")"
    arguments = Arguments(words, ["--user", "--all", "--no-pager", "--now"], {"--property": f"{one}(,{one})*"})
    manager = "user" if "--user" in arguments.given else "system"
    if manager == "user" and not CHECK_ONLY and not os.environ.get("XDG_RUNTIME_DIR"):
        # list-timers is asked without; its answer may be missing.
        if arguments.words[:1] != ["list-timers"]:
            refuse("Failed to connect to bus: $XDG_RUNTIME_DIR not defined")
    verb = arguments.words.pop(0) if arguments.words else refuse("no verb")
    if verb in ("start", "stop", "restart", "disable"):
        arguments.are(f"({GATEWAY_UNIT}|{EXPORTER_UNIT})")
        if CHECK_ONLY:
            return
        if manager == "system" and "FAKE_ROOT" not in os.environ:
            refuse("Interactive authentication required")
        unit = arguments.words[0]
        if verb == "disable":
            put(f"{manager}.{unit}.file", "disabled")
        if verb != "disable" or "--now" in arguments.given:
            put(f"{manager}.{unit}", "active" if verb in ("start", "restart") else "inactive")
    elif verb == "show":
        arguments.are(f"({GATEWAY_UNIT}|{EXPORTER_UNIT})")
        state = get(f"{manager}.{arguments.words[0]}", "active")
        values = {"ActiveState": state, "SubState": "running" if state == "active" else "dead", "Result": "success",
                  "MainPID": "4711" if state == "active" else "0", "NRestarts": "3", "ExecMainStatus": "0",
                  "ExecMainStartTimestamp": "Sat 2026-11-21 03:00:00 UTC",
                  "UnitFileState": get(f"{manager}.{arguments.words[0]}.file", "enabled")}
        for wanted in arguments.given["--property"].split(","):
            say(f"{wanted}={values[wanted]}")
    elif verb == "list-units":
        arguments.are(r"openclaw\*", r"clawdbot\*")
        say(f"  {GATEWAY_UNIT} loaded active running OpenClaw Gateway")
    elif verb == "list-timers":
        arguments.are()
        say("0 timers listed.")
    else:
        refuse(f"unknown verb {verb}")


def journalctl(words):
    arguments = Arguments(words, ["--user", "-k", "--no-pager"], {"-u": ".+", "-n": NUMBER, "--since": SINCE}).are()
    if "-k" in arguments.given:
        return say(KERNEL)
    unit = arguments.given.get("-u")
    if unit not in (GATEWAY_UNIT, EXPORTER_UNIT):
        refuse(f"No entries for unit {unit}")
    say(JOURNAL if unit == GATEWAY_UNIT else EXPORTER_JOURNAL)


# ---- containers


def in_container(words):
    """Runs what a container would, in the made-up host's state directory."""
    if not words:
        refuse("no command")
    known = {"node", "sh", "cat", "tar"}
    if words[0] not in known:
        refuse(f"executable '{words[0]}' is not in the image")
    if CHECK_ONLY:
        return node(words[1:]) if words[0] == "node" else None
    home = os.environ["HOME"]
    mapped = [word.replace("/tmp/", f"{STATE}/").replace(INSIDE, f"{home}/.openclaw") for word in words]
    sys.exit(subprocess.run(mapped, check=False).returncode)


def docker(words):
    if words[:1] != ["compose"]:
        arguments = Arguments(words, [], {"--format": ANY})
        verb = arguments.words.pop(0) if arguments.words else refuse("no verb")
        if verb not in ("ps", "logs", "inspect"):
            refuse(f"unknown verb {verb}")
        if verb == "inspect":
            arguments.are(".+")
        return None
    if len(words) < 2:
        refuse("no verb")
    verb, words = words[1], words[2:]
    service = "openclaw-gateway"
    if verb == "stop":
        Arguments(words, [], {"--timeout": NUMBER}).are(service)
        put("container", "exited (0)")
    elif verb == "up":
        Arguments(words, ["-d"]).are(service)
        put("container", "running")
    elif verb == "ps":
        Arguments(words, ["--all"]).are(service)
        say(f"openclaw-openclaw-gateway-1  {service}  {get('container', 'running')}")
    elif verb == "logs":
        Arguments(words, [], {"--tail": NUMBER, "--since": r"\d+[smh]"}).are(service)
        say(JOURNAL)
    elif verb == "exec":
        arguments = Arguments(words, ["-T"], {}, last=1).are(service)
        in_container(arguments.rest)
    elif verb == "run" and CHECK_ONLY:
        Arguments(words).are("openclaw-cli")  # named as what not to do
    else:
        refuse(f"unknown verb {verb}")
    return None


def kubectl(words):
    values = {"-n": "openclaw", "-c": "gateway", "--replicas": "[01]", "--for": "delete", "--selector": "app=openclaw",
              "--timeout": SECONDS, "--tail": NUMBER, "-o": r"jsonpath=\S.*"}
    arguments = Arguments(words, ["--previous"], values)
    verb = arguments.words.pop(0) if arguments.words else refuse("no verb")
    if verb == "logs" and CHECK_ONLY and not arguments.words:
        return
    if arguments.given.get("-n") != "openclaw":
        refuse("the namespace is missing")
    if verb == "scale":
        arguments.are("deployment/openclaw")
        put("replicas", arguments.given["--replicas"])
    elif verb == "wait":
        arguments.are("pod")
    elif verb == "get":
        if arguments.words[:1] == ["pods"]:
            arguments.are("pods")
        else:
            arguments.are("deployment", "openclaw")
            say(f"replicas {get('replicas', '1')}")
    elif verb == "rollout":
        arguments.are("status", "deployment/openclaw")
        say('deployment "openclaw" successfully rolled out')
    elif verb == "logs":
        arguments.are("deploy/openclaw")
        say(JOURNAL)
    elif verb == "port-forward":
        arguments.are("deploy/openclaw", r"\d+:\d+")
    elif verb == "exec":
        arguments.are("deploy/openclaw")
        if arguments.given.get("-c") != "gateway":
            refuse("the container is missing")
        in_container(arguments.rest)
    else:
        refuse(f"unknown verb {verb}")


# ---- OpenClaw: options that 2026.4.24, 2026.5.22 and 2026.9.6 have in common (their --help)


def no_transcript(member):
    """From 2026.5.22 on, transcripts count as volatile."""
    return None if "/sessions/" in member.name and member.name.endswith(".jsonl") else member


def back_up(output):
    source, target = pathlib.Path(os.environ["HOME"], ".openclaw"), pathlib.Path(output)
    if target.is_dir():
        target = target / time.strftime("%Y-%m-%dT%H-%M-%S.000Z-openclaw-backup.tar.gz")
    manifest = STATE / "manifest.json"
    manifest.write_text("{}\n")
    with tarfile.open(target, "x:gz") as archive:
        archive.add(manifest, "backup/manifest.json")
        archive.add(source, "backup/payload", filter=no_transcript)
    say(f"Backup archive: {target}")


def openclaw(words):
    if words == ["--version"]:
        return say("OpenClaw 2026.4.24 (cbcfdf6)")
    command = next((n for n in range(len(words)) if words[n].startswith("-")), len(words))
    command, options = words[:command], words[command:]
    match command:
        case ["agent"]:
            values = {"--agent": r"[a-z0-9_-]+", "--session-id": r"[\w-]+", "--timeout": NUMBER, "--message": ANY}
            arguments = Arguments(options, [], values).are()
            if not CHECK_ONLY:
                if not {"--message", "--agent"} <= set(arguments.given):
                    refuse("no message or no agent")
                say("ok")
        case ["backup", "create"]:
            arguments = Arguments(options, ["--verify", "--no-include-workspace"], {"--output": ANY}).are()
            if not CHECK_ONLY:
                back_up(arguments.given["--output"])
        case ["models", "fallbacks", "list"]:
            arguments = Arguments(options, ["--plain"]).are()
            say("fake/fallback" if "--plain" in arguments.given else "Fallbacks (1):\n- fake/fallback")
        case ["infer", "model", "run"]:
            arguments = Arguments(options, [], {"--model": r"[\w.-]+/[\w.-]+", "--prompt": ANY}).are()
            say("ok")
        case ["backup"]:
            Arguments(options, ["--help"]).are()
        case ["doctor"] | ["gateway", "install"]:
            Arguments(options).are()
            if not CHECK_ONLY:
                refuse("no runbook runs this")
        case _:
            refuse("unknown command")
    return None


def node(words):
    if words[:1] not in (["dist/index.js"], ["/app/dist/index.js"]):
        refuse("Cannot find module")
    if words[1:]:
        openclaw(words[1:])


def sudo(words):
    os.environ["FAKE_ROOT"] = "1"
    os.execvp(words[0], words)


def crontab(words):
    Arguments(words, ["-l"]).are()
    say("0 * * * * openclaw agent --agent main --message report")


if not CHECK_ONLY:
    note()
{"systemctl": systemctl, "journalctl": journalctl, "docker": docker, "kubectl": kubectl, "openclaw": openclaw,
 "node": node, "sudo": sudo, "crontab": crontab}[NAME](sys.argv[1:])
