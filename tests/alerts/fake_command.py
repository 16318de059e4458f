#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stands in for systemctl, journalctl, docker, kubectl, openclaw, node, sudo and crontab.

The test of the runbooks runs their commands with it.

It knows the options that the real ones document for a subcommand, no others, and the units, containers and objects of a
made-up host; on all else it fails, as the real ones do on a mistake in writing. What it was asked for it notes in
FAKE_STATE/calls; what is started and stopped, below FAKE_STATE.

  FAKE_STATE       directory
  FAKE_HOST        directory of the made-up host: home/.openclaw, opt/openclaw-multi/data/oc7/config, logs
  FAKE_PLACE       home, many or sqlite: whose state directory the pod has
  FAKE_READ_ONLY   the volume cannot be written
  FAKE_REPLICAS, FAKE_VOLUME_POD, FAKE_OTHER_PODS, FAKE_API, FAKE_CRONTAB   what is so before the first command
  FAKE_NAMESPACE   process in the PID namespace of the container, if it is to have one
  FAKE_CHECK_ONLY  only check the arguments; words in capitals stand for values, and values may be missing

By its own name:
  fake_command.py options   prints "COMMAND SUBCOMMAND OPTION" for each option, to compare with the real ones
  fake_command.py refused   prints those of the command lines on standard input that it refuses, and why
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

NAME = pathlib.Path(sys.argv[0]).name
STATE = pathlib.Path(os.environ.get("FAKE_STATE", "/nonexistent"))
HOST = pathlib.Path(os.environ.get("FAKE_HOST", "/nonexistent"))
PLACE = os.environ.get("FAKE_PLACE", "home")
CHECK_ONLY = "FAKE_CHECK_ONLY" in os.environ
UNITS = {"openclaw-gateway.service", "openclaw-gateway-work.service", "openclaw-lock-exporter.service", "report.timer"}
STATE_DIRS = {"home": "home/.openclaw", "sqlite": "sqlite/.openclaw", "many": "opt/openclaw-multi/data/oc7/config"}
INSIDE = "/home/node/.openclaw"
NUMBER, DURATION, ANY = r"\d+", r"(\d+[smh])+", r"(?s).+"

# Options of each subcommand: those with a value have a pattern of it. Shorthand and name stand together.
OPTIONS = {
    "systemctl": {"--user": None, "--system": None, "-a --all": None, "--no-pager": None, "--now": None,
                  "-q --quiet": None, "-p --property": r"[A-Za-z]+(,[A-Za-z]+)*", "--value": None,
                  "-l --full": None, "--no-block": None},
    "journalctl": {"--user": None, "--system": None, "-k --dmesg": None, "--no-pager": None, "-u --unit": ".+",
                   "-n --lines": NUMBER, "-S --since": r"-\d+(s|min|h|d)", "-r --reverse": None, "-q --quiet": None,
                   "-o --output": "short|short-iso|short-precise|cat|json", "--utc": None},
    "crontab": {"-l": None},
    "docker ps": {"-a --all": None, "-q --quiet": None, "-f --filter": r"(name|status|label)=.+", "--format": ANY,
                  "--no-trunc": None},
    "docker inspect": {"-f --format": ANY, "-s --size": None, "--type": "container|image"},
    "docker logs": {"-t --timestamps": None, "--since": DURATION, "--until": DURATION, "-n --tail": NUMBER + "|all"},
    # The long form of -t is --time before Docker 28, and --timeout from then on.
    "docker stop": {"-t": NUMBER},
    "docker start": {},
    "docker exec": {"-i --interactive": None, "-t --tty": None, "-u --user": ANY, "-w --workdir": ANY, "-e --env": ANY},
    # --quiet came with Docker 23.
    "docker cp": {"-a --archive": None, "-L --follow-link": None},
    "docker compose": {"-f --file": ANY, "-p --project-name": r"[a-z0-9][a-z0-9_-]*", "--env-file": ANY,
                       "--profile": ANY},
    "docker compose up": {"-d --detach": None, "--no-deps": None, "--no-recreate": None, "-t --timeout": NUMBER},
    "docker compose run": {},
    "kubectl": {"-n --namespace": "openclaw", "--context": ANY, "--request-timeout": ANY},
    "kubectl apply": {"-f --filename": "-", "--dry-run": "none|client|server", "--server-side": None},
    "kubectl delete": {"--ignore-not-found": None, "--force": None, "--timeout": DURATION, "--wait": None,
                       "-l --selector": ANY},
    "kubectl describe": {"-l --selector": "app=openclaw"},
    "kubectl exec": {"-c --container": "gateway|shell", "-i --stdin": None, "-t --tty": None, "-q --quiet": None},
    "kubectl get": {"-o --output": r"yaml|json|wide|name|jsonpath=\S.*", "-l --selector": "app=openclaw",
                    "--field-selector": r"[\w.]+!?=\w+(,[\w.]+!?=\w+)*", "--no-headers": None},
    "kubectl logs": {"-c --container": "gateway", "-p --previous": None, "--timestamps": None, "--since": DURATION,
                     "--tail": NUMBER, "--prefix": None},
    "kubectl patch": {"-p --patch": ANY, "--type": "strategic|merge|json"},
    "kubectl port-forward": {"--address": ANY},
    "kubectl rollout": {},
    "kubectl rollout status": {"--timeout": DURATION, "-w --watch": None},
    "kubectl scale": {"--replicas": NUMBER, "--timeout": DURATION},
    "kubectl wait": {"--for": r"delete|condition=\w+|jsonpath=.+", "-l --selector": "app=openclaw",
                     "--timeout": DURATION},
}

FIRST, LAST = "2026-11-29T03:00:00", "2026-11-29T04:30:00"
FAILURE = ("lane task error: lane=session:agent:main:main durationMs=10040 error=\"SessionWriteLockTimeoutError: "
           "session file locked (timeout 10000ms): pid=4711 /home/node/a.jsonl.lock\"")
GATEWAY_LINES = [
    (FIRST, "[diagnostic] " + FAILURE),
    ("2026-11-29T03:10:00", "[gateway] removed stale session lock: /home/node/.openclaw/a.jsonl.lock (dead-pid)"),
    ("2026-11-29T04:00:00", "[diagnostic] stuck session: sessionId=a sessionKey=agent:main:main age=130s"),
    (LAST, "[diagnostic] " + FAILURE),
]
UNIT_LINES = [
    ("2026-11-29T02:00:00", "systemd[1]: Started openclaw-gateway.service - OpenClaw Gateway."),
    ("2026-11-29T02:59:00", "systemd[1]: openclaw-gateway.service: Main process exited, code=killed, status=9/KILL"),
]
KERNEL = "kernel: Out of memory: Killed process 4711 (node) total-vm:9000000kB\n"
EXPORTER_LINE = "openclaw-lock-exporter[99]: level=warn msg=\"cannot read\" source=locks problem=missing\n"


def refuse(why):
    print(f"{NAME}: {why}: {' '.join(sys.argv[1:])}", file=sys.stderr)
    sys.exit(64)


def placeholder(word):
    return CHECK_ONLY and re.fullmatch(r"[A-Z]+", word)


class Arguments:
    """Of a subcommand: options may stand anywhere before `--`. With `last`, nothing is read after so many words."""

    def __init__(self, subcommand, words, last=None, inherited=None):
        self.names = {}
        for table in (OPTIONS[subcommand], OPTIONS.get(inherited, {})):
            for spelt, pattern in table.items():
                self.names |= {name: (spelt.split()[-1], pattern) for name in spelt.split()}
        self.words, self.given, self.rest = [], {}, None
        words = list(words)
        while words:
            word = words.pop(0)
            if word == "--":
                self.rest = words
                break
            if word == "-" or not word.startswith("-"):
                self.words.append(word)
                if last and len(self.words) == last:
                    self.rest = words
                    break
                continue
            option, equals, value = word.partition("=")
            if option not in self.names or (equals and not option.startswith("--")):
                refuse(f"no such option {word}")
            name, pattern = self.names[option]
            if pattern is None:
                if equals and value not in ("true", "false"):
                    refuse(f"{option} takes no value")
            elif not equals:
                if not words:
                    refuse(f"{option} wants a value")
                value = words.pop(0)
            if pattern is not None and not re.fullmatch(pattern, value) and not placeholder(value):
                refuse(f"'{value}' is no value of {option}")
            self.given.setdefault(name, []).append(value)

    def value(self, name, otherwise=None):
        return self.given.get(name, [otherwise])[-1]

    def are(self, *patterns):
        if len(self.words) > len(patterns) or (len(self.words) < len(patterns) and not CHECK_ONLY):
            refuse(f"wants {len(patterns)} words")
        for word, pattern in zip(self.words, patterns):
            if not re.fullmatch(pattern, word) and not placeholder(word):
                refuse(f"'{word}' is not known here")
        return self


def note():
    with open(STATE / "calls", "a") as calls:
        print(NAME, *sys.argv[1:], file=calls)


def get(thing, otherwise):
    """What was put there; before that what the test has set, such as FAKE_VOLUME_POD."""
    file = STATE / thing
    setting = os.environ.get(f"FAKE_{thing.upper().replace('-', '_')}")
    return file.read_text() if file.exists() else otherwise if setting is None else setting.replace("\\n", "\n")


def put(thing, value):
    if not CHECK_ONLY:
        (STATE / thing).write_text(value)


def say(text):
    if not CHECK_ONLY:
        print(text, end="" if text.endswith("\n") else "\n")


# ---- systemd


def systemctl(words):
    arguments = Arguments("systemctl", words)
    manager = "user" if "--user" in arguments.given else "system"
    verb = arguments.words.pop(0) if arguments.words else refuse("no verb")
    unit = arguments.words[0] if arguments.words else ""
    # list-timers is asked without; its answer may be missing.
    if manager == "user" and not CHECK_ONLY and not os.environ.get("XDG_RUNTIME_DIR") and verb != "list-timers":
        refuse("Failed to connect to bus: $XDG_RUNTIME_DIR not defined")
    if verb in ("start", "stop", "restart", "disable"):
        if CHECK_ONLY:
            return
        if len(arguments.words) != 1 or unit not in UNITS:
            refuse(f"Unit {unit} not loaded")
        if manager == "system" and "FAKE_ROOT" not in os.environ:
            refuse("Interactive authentication required")
        if verb == "disable":
            put(f"{manager}.{unit}.file", "disabled")
        if verb != "disable" or "--now" in arguments.given:
            put(f"{manager}.{unit}", "active" if verb in ("start", "restart") else "inactive")
    elif verb == "show":
        # The real one shows an inactive unit when it knows none of that name.
        state = get(f"{manager}.{unit}", "active" if unit in UNITS else "inactive")
        values = {"ActiveState": state, "SubState": "running" if state == "active" else "dead", "Result": "success",
                  "MainPID": "4711" if state == "active" else "0", "NRestarts": "3", "ExecMainStatus": "0",
                  "ExecMainStartTimestamp": "Sat 2026-11-21 03:00:00 UTC",
                  "UnitFileState": get(f"{manager}.{unit}.file", "enabled")}
        for wanted in arguments.value("--property", "").split(","):
            if wanted in values:
                say(f"{wanted}={values[wanted]}")
    elif verb == "list-units":
        arguments.are(r"openclaw\*", r"clawdbot\*")
        say("  openclaw-gateway.service loaded active running OpenClaw Gateway")
    elif verb == "list-timers":
        arguments.are()
        say("0 timers listed.")
    else:
        refuse(f"Unknown command verb {verb}")


def journalctl(words):
    arguments = Arguments("journalctl", words).are()
    if "--dmesg" in arguments.given:
        return say(KERNEL)
    unit = arguments.value("--unit")
    if unit == "openclaw-lock-exporter.service":
        return say(EXPORTER_LINE)
    if unit not in UNITS:
        return say("-- No entries --")
    iso = arguments.value("--output") == "short-iso"
    for at, line in sorted(GATEWAY_LINES + UNIT_LINES):
        line = line if line.startswith("systemd") else f"node[4711]: {line}"
        say(f"{at}+0000 host {line}" if iso else f"Nov 29 {at[11:]} host {line}")
    return None


# ---- containers


def console(timestamps):
    for at, line in GATEWAY_LINES:
        say(f"{at}.000000000Z {at}.000+00:00 {line}" if timestamps else f"{at}.000+00:00 {line}")


def in_container(words, state_dir):
    """Runs what a container would, with the state directory at its place in the container, and a /tmp of its own."""
    if not words:
        refuse("no command")
    if words[0] not in {"node", "sh", "cat", "tar", "find", "du", "ls"}:
        refuse(f"executable '{words[0]}' is not in the image")
    if words[0] == "node":
        os.environ["HOME"] = str(state_dir.parent)
        return node([word.replace("/tmp/", f"{STATE}/tmp/") for word in words[1:]])
    if CHECK_ONLY:
        return None
    if process := os.environ.get("FAKE_NAMESPACE"):
        sys.exit(subprocess.run(["nsenter", "--target", process, "--pid", "--mount", *words], check=False).returncode)
    script = """mount -t tmpfs none /home && mkdir -p /home/node/.openclaw && mount --bind "$1" /home/node/.openclaw &&
        { [ -z "$FAKE_READ_ONLY" ] || mount -o remount,bind,ro /home/node/.openclaw; } &&
        mount --bind "$3" "$2/openclaw" && mount --rbind "$2" /tmp && shift 3 &&
        HOME=/home/node PATH=/tmp/bin:/usr/bin:/bin exec "$@" """
    (STATE / "tmp/openclaw").mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("FAKE_READ_ONLY", "")
    inside = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", state_dir, STATE / "tmp",
              HOST / "logs", *words]
    sys.exit(subprocess.run(inside, check=False).returncode)


def containers():
    """Of compose: one instance, two of many, and the command line's container of the one."""
    multi = "/opt/openclaw-multi/openclaw"
    label = "com.docker.compose.project"
    one = STATE_DIRS["sqlite" if PLACE == "sqlite" else "home"]
    for name, service, path, project in [
            ("openclaw-openclaw-gateway-1", "openclaw-gateway", one, "one"),
            ("openclaw-openclaw-gateway-7-1", "openclaw-gateway-7", STATE_DIRS["many"], "many"),
            ("openclaw-openclaw-gateway-8-1", "openclaw-gateway-8", "opt/openclaw-multi/data/oc8/config", "many"),
            ("openclaw-openclaw-cli-1", "openclaw-cli", STATE_DIRS["home"], "one")]:
        running = get(f"container.{name}", "exited" if "cli" in name else "running") == "running"
        environment = f"{multi}/.env.multi.oc7-9" if project == "many" else ""
        files = f"{multi}/docker-compose.oc7-9.yml" if project == "many" else "/root/openclaw/docker-compose.yml"
        yield {"Id": name[::-1][:12], "Name": f"/{name}", "Names": name, "RestartCount": 3,
               "Status": "Up 3 hours" if running else "Exited (0) 3 seconds ago",
               "State": {"Status": "running" if running else "exited", "ExitCode": 0, "OOMKilled": False},
               "Mounts": [{"Source": str(HOST / path), "Destination": INSIDE}],
               "Config": {"Labels": {label: "openclaw", f"{label}.config_files": files,
                                     f"{label}.environment_file": environment, "com.docker.compose.service": service}}}


def container_of(name):
    found = [one for one in containers() if name in (one["Names"], one["Id"])]
    if not found and not placeholder(name):
        refuse(f"No such container: {name}")
    return found[0] if found else next(containers())


def template(text, context):
    """What Go's text/template makes of the few things that are used: fields, index, range and with."""
    parts, output = re.split(r"{{(.*?)}}", text), []

    def value_of(expression, here):
        if match := re.fullmatch(r'index (\S+) "([^"]+)"', expression):
            return value_of(match[1], here).get(match[2], "")
        if not re.fullmatch(r"(\.\w+)+|\.", expression):
            refuse(f"template parsing error: {expression}")
        for field in filter(None, expression.split(".")):
            if not isinstance(here, dict) or field not in here:
                refuse(f"can't evaluate field {field}")
            here = here[field]
        return here

    def run(at, here, write):
        while at < len(parts):
            if at % 2 == 0:
                output.extend([parts[at]] * write)
            elif parts[at] == "end":
                return at
            elif match := re.fullmatch(r"(range|with) (.+)", parts[at]):
                value = value_of(match[2], here) if write else []
                items = value if match[1] == "range" else [value]
                end = run(at + 1, here, False)
                for item in items:
                    run(at + 1, item, write)
                at = end
            elif write:
                value = value_of(parts[at], here)
                output.append(str(value).lower() if isinstance(value, bool) else str(value))
            at += 1
        return at

    run(0, context, True)
    return "".join(output)


def compose(words):
    arguments = Arguments("docker compose", words, last=1)
    verb = (arguments.words or refuse("no verb"))[0]
    if f"docker compose {verb}" not in OPTIONS:
        refuse(f"unknown command {verb}")
    if not CHECK_ONLY:
        refuse("no runbook runs this")
    Arguments(f"docker compose {verb}", arguments.rest)


def docker(words):
    verb, words = (words or [refuse("no verb")])[0], words[1:]
    if verb == "compose":
        return compose(words)
    if f"docker {verb}" not in OPTIONS:
        refuse(f"unknown command {verb}")
    arguments = Arguments(f"docker {verb}", words, last=1 if verb == "exec" else None)
    if verb == "ps":
        arguments.are()
        wanted = arguments.value("--filter", "name=").removeprefix("name=")
        for one in containers():
            if wanted in one["Names"] and ("--all" in arguments.given or one["State"]["Status"] == "running"):
                shown = "{{.Id}}" if "--quiet" in arguments.given else arguments.value("--format", "{{.Names}}")
                say(template(shown, one))
    elif verb == "cp":
        name, colon, path = arguments.words[0].partition(":")
        container_of(name)
        if len(arguments.words) != 2 or not colon:
            refuse("wants CONTAINER:PATH and a destination")
        source = HOST / "logs" if path == "/tmp/openclaw" else STATE / path.removeprefix("/")
        subprocess.run(["cp", "-a", source, arguments.words[1]], check=True)
    elif arguments.words or not CHECK_ONLY:
        if len(arguments.words) != 1:
            refuse("wants one container")
        one = container_of(arguments.words[0])
        running = one["State"]["Status"] == "running"
        if verb in ("stop", "start"):
            put(f"container.{one['Names']}", "running" if verb == "start" else "exited")
            say(one["Names"])
        elif verb == "inspect":
            say(template(arguments.value("--format"), one) if "--format" in arguments.given else json.dumps([one]))
        elif verb == "logs":
            console("--timestamps" in arguments.given)
        elif verb == "exec":
            if not running:
                refuse(f"container {one['Names']} is not running")
            in_container(arguments.rest, pathlib.Path(one["Mounts"][0]["Source"]))
    return None


POD = {"apiVersion": str, "kind": str, "metadata": {"name": str, "labels": dict}, "spec": {
    "restartPolicy": str, "automountServiceAccountToken": bool,
    "securityContext": {"runAsNonRoot": bool, "runAsUser": int, "runAsGroup": int, "seccompProfile": {"type": str}},
    "containers": [{"name": str, "image": str, "command": [str], "volumeMounts": [{"name": str, "mountPath": str}],
                    "securityContext": {"allowPrivilegeEscalation": bool, "capabilities": {"drop": [str]}}}],
    "volumes": [{"name": str, "persistentVolumeClaim": {"claimName": str}}]}}


def check_schema(thing, schema, path=""):
    if isinstance(schema, type):
        if not isinstance(thing, schema) or thing == "":
            refuse(f"strict decoding error: {path}: {thing!r}")
    elif isinstance(schema, list):
        for number, item in enumerate(thing):
            check_schema(item, schema[0], f"{path}[{number}]")
    else:
        for key, value in thing.items():
            if key not in schema:
                refuse(f"strict decoding error: unknown field {path}.{key}")
            check_schema(value, schema[key], f"{path}.{key}")


def pods():
    """Name, phase and claim of each."""
    found = [("openclaw-6d5f", "Running", "openclaw-home-pvc")] if get("replicas", "1") == "1" else []
    found += [("openclaw-volume", "Running", "openclaw-home-pvc")] if get("volume-pod", "") else []
    others = get("other-pods", "report-1 Succeeded openclaw-home-pvc\nweb Running")
    return found + [tuple(line.split()) for line in others.splitlines()]


def jsonpath(path, things):
    """The answers to the questions of the runbooks; a mistake in one is an error here."""
    if path == '{range .items[*]}{.metadata.name}{" "}{.spec.volumes[*].persistentVolumeClaim.claimName}{"\\n"}{end}':
        return "".join(f"{name} {' '.join(claim)}\n" for name, _, *claim in things)
    if path == 'replicas {.spec.replicas}{"\\n"}':
        return f"replicas {get('replicas', '1')}\n"
    if path == '{.spec.template.spec.containers[?(@.name=="gateway")].image}':
        return "ghcr.io/openclaw/openclaw:slim"
    return refuse(f"error parsing jsonpath {path}")


def kubectl_get(arguments):
    kind = (arguments.words or refuse("no kind"))[0]
    output = arguments.value("--output", "")
    if kind == "pods":
        arguments.are("pods")
        phases = re.findall(r"status\.phase!=(\w+)", arguments.value("--field-selector", ""))
        things = [pod for pod in pods() if pod[1] not in phases]
        if output.startswith("jsonpath="):
            if "forbidden" in get("api", ""):
                refuse("Error from server (Forbidden): pods is forbidden")
            return say(jsonpath(output.removeprefix("jsonpath="), things))
        if output == "yaml":
            return say("".join(f"- metadata: {{name: {name}}}\n" for name, *_ in things))
        table = "".join(f"{name} 1/1 {phase} 5 3h\n" for name, phase, *_ in things)
        return say("NAME READY STATUS RESTARTS AGE\n" + table)
    if kind == "deployment":
        arguments.are("deployment", "openclaw")
        return say(jsonpath(output.removeprefix("jsonpath="), []))
    if kind in ("events", "cronjobs"):
        arguments.are(kind)
        return say("LAST SEEN TYPE REASON\n" if kind == "events" else
                   f"NAME SCHEDULE SUSPEND\nreport @daily {get('suspend', 'false')}\n")
    return refuse(f"the server doesn't have a resource type {kind}")


def kubectl(words):
    # Options of all subcommands may stand before the verb.
    before = Arguments("kubectl", words, last=1)
    verb = before.words[0] if before.words else refuse("no verb")
    if f"kubectl {verb}" not in OPTIONS:
        refuse(f"unknown command {verb}")
    words = before.rest or []
    if verb == "rollout":
        verb, words = f"rollout {words[0]}", words[1:]
    arguments = Arguments(f"kubectl {verb}", words, inherited="kubectl")
    if "--namespace" not in before.given | arguments.given and not CHECK_ONLY:
        refuse("the namespace is missing")
    if verb == "scale":
        arguments.are("(deployment|deploy)/openclaw")
        put("replicas", arguments.value("--replicas") or refuse("--replicas is required"))
    elif verb == "apply":
        import yaml  # few calls need it, and it takes as long as all else

        pod = yaml.safe_load(sys.stdin)
        check_schema(pod, POD)
        if "app" in pod["metadata"].get("labels", {}) or pod["spec"]["volumes"][0]["persistentVolumeClaim"] != {
                "claimName": "openclaw-home-pvc"}:
            refuse("a pod that the service would take for a gateway, or another claim")
        put("volume-pod", "yes")
        say("pod/openclaw-volume created")
    elif verb == "wait":
        if arguments.value("--for") == "delete":
            arguments.are("pod")
        else:
            arguments.are("pod/openclaw-volume")
            get("volume-pod", "") or refuse("pods openclaw-volume not found")
            say("pod/openclaw-volume condition met")
    elif verb == "delete":
        arguments.are("pod", "openclaw-volume")
        if not get("volume-pod", "") and "--ignore-not-found" not in arguments.given and not CHECK_ONLY:
            refuse("pods openclaw-volume not found")
        put("volume-pod", "")
    elif verb == "patch":
        arguments.are("cronjob", "report")
        put("suspend", str(json.loads(arguments.value("--patch"))["spec"]["suspend"]).lower())
    elif verb == "get":
        kubectl_get(arguments)
    elif verb == "describe":
        arguments.are("pod")
    elif verb == "rollout status":
        arguments.are("(deployment|deploy)/openclaw")
        if get("volume-pod", ""):
            refuse("Multi-Attach error: the volume is used by pod openclaw-volume")
        say('deployment "openclaw" successfully rolled out')
    elif verb == "logs":
        arguments.are("(deployment|deploy)/openclaw")
        console("--timestamps" in arguments.given)
    elif verb == "port-forward":
        arguments.are("(deployment|deploy)/openclaw", r"\d+:\d+")
    elif verb == "exec":
        arguments.are("deploy/openclaw|openclaw-volume")
        of_gateway = arguments.words[0] == "deploy/openclaw"
        if of_gateway and arguments.value("--container") != "gateway":
            refuse("the container is missing, and the exporter's could be taken")
        if not CHECK_ONLY and (get("replicas", "1") != "1" if of_gateway else not get("volume-pod", "")):
            refuse("no such pod")
        if arguments.rest[:1] == ["sh"] and "-s" in arguments.rest and "--stdin" not in arguments.given:
            refuse("a script on standard input needs -i")
        in_container(arguments.rest, HOST / STATE_DIRS[PLACE])


# ---- OpenClaw: options that 2026.4.24, 2026.5.22 and 2026.9.6 have in common (their --help)


class Options(Arguments):
    def __init__(self, words, options):
        OPTIONS["openclaw"] = options
        super().__init__("openclaw", words)


def no_transcript(member):
    """From 2026.5.22 on, transcripts count as volatile."""
    return None if "/sessions/" in member.name and member.name.endswith(".jsonl") else member


def back_up(output):
    import tarfile
    import time

    source, target = pathlib.Path(os.environ["HOME"], ".openclaw"), pathlib.Path(output)
    if target.is_dir():
        target = target / time.strftime("%Y-%m-%dT%H-%M-%S.000Z-openclaw-backup.tar.gz")
    if target.exists() and not target.is_dir():
        refuse("Refusing to overwrite")
    target.parent.mkdir(exist_ok=True)
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
            arguments = Options(options, values).are()
            if not CHECK_ONLY:
                if not {"--message", "--agent"} <= set(arguments.given):
                    refuse("no message or no agent")
                say("ok")
        case ["backup", "create"]:
            arguments = Options(options, {"--verify": None, "--no-include-workspace": None, "--output": ANY}).are()
            if not CHECK_ONLY:
                back_up(arguments.value("--output"))
        case ["models", "fallbacks", "list"]:
            arguments = Options(options, {"--plain": None}).are()
            say("fake/fallback" if "--plain" in arguments.given else "Fallbacks (1):\n- fake/fallback")
        case ["infer", "model", "run"]:
            arguments = Options(options, {"--model": r"[\w.-]+/[\w.-]+", "--prompt": ANY}).are()
            say("ok")
        case ["backup"]:
            Options(options, {"--help": None}).are()
        case ["doctor"] | ["gateway", "install"]:
            Options(options, {}).are()
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
    if words == ["-"]:
        return put("crontab", sys.stdin.read())
    Arguments("crontab", words).are()
    return say(get("crontab", "0 * * * * openclaw agent --agent main --message report\n5 4 * * * /usr/bin/true\n"))


COMMANDS = {"systemctl": systemctl, "journalctl": journalctl, "docker": docker, "kubectl": kubectl,
            "openclaw": openclaw, "node": node, "sudo": sudo, "crontab": crontab}


def print_options():
    for subcommand, options in OPTIONS.items():
        for option in " ".join(options).split():
            print(subcommand, option)


def print_refused():
    global NAME
    for line in sys.stdin:
        sys.argv = shlex.split(line)
        NAME = sys.argv[0]
        try:
            COMMANDS[NAME](sys.argv[1:])
        except SystemExit:
            print(line, end="")


if NAME == "fake_command.py":
    {"options": print_options, "refused": print_refused}[sys.argv[1]]()
else:
    if not CHECK_ONLY:
        note()
    COMMANDS[NAME](sys.argv[1:])
