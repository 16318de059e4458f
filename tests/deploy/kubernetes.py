#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests deploy/kubernetes: what kustomize renders must fit schemas that know no other keys (kubernetes/schemas.json), and
itself; then the pods are run without Kubernetes, each container with its command, user, mounts and capabilities. Called
by kubernetes_test.sh.
"""

import copy
import glob
import json
import os
import shutil
import subprocess
import sys

import jsonschema
import yaml
from openclaws import (CONTAINER, HERE, OPENER, PATIENCE, Exporter, Namespace, OpenClaw, await_that, in_container,
                       place)
from verdicts import check, run_test

ROOT, BINARY = sys.argv[2:4]
KUBERNETES = f"{ROOT}/deploy/kubernetes"
IMAGE = "ghcr.io/openclaw-lock-exporter/openclaw-lock-exporter"
OVERLAYS = ("sidecar", "daemonset", "daemonset-any-user")
with open(f"{HERE}/kubernetes/schemas.json", encoding="utf-8") as schema_file:
    SCHEMAS = json.load(schema_file)


def render(folder):
    tool = ["kustomize", "build"] if shutil.which("kustomize") else ["kubectl", "kustomize"]
    done = subprocess.run([*tool, folder], capture_output=True, text=True, check=False)
    check(f"{os.path.relpath(folder, ROOT)} is rendered without a warning", done.returncode == 0 and not done.stderr, done.stderr)
    return list(yaml.safe_load_all(done.stdout))


def schema_faults(value, reference):
    schema = {"$ref": reference, "definitions": SCHEMAS["definitions"]}
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in jsonschema.Draft7Validator(schema).iter_errors(value)]


def kind_faults(thing):
    kind = f"{thing['apiVersion']}/{thing['kind']}"
    if kind not in SCHEMAS["kinds"]:
        return [f"{kind} has no schema here"]
    return [f"{thing['kind']} {thing['metadata']['name']}: {fault}"
            for fault in schema_faults(thing, SCHEMAS["kinds"][kind]["$ref"])]


def of_kind(things, *kinds):
    return [thing for thing in things if thing["kind"] in kinds]


def selects(selector, labels):
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for rule in selector.get("matchExpressions", []):
        if rule["operator"] != "In":
            raise ValueError(rule["operator"])
        if labels.get(rule["key"]) not in rule["values"]:
            return False
    return bool(selector)


def workload_of(things):
    (workload,) = of_kind(things, "Deployment", "DaemonSet")
    return workload


def exporter_of(pod):
    (exporter,) = [container for container in pod["containers"] if container["image"].startswith(IMAGE + ":")]
    return exporter


def pod_faults(workload, any_user):
    """What is wrong with the exporter in this pod."""
    template = workload["spec"]["template"]
    pod = template["spec"]
    exporter = exporter_of(pod)
    security = exporter["securityContext"]
    faults = []

    def want(text, fine):
        if not fine:
            faults.append(text)

    want("the selector does not select the pods", selects(workload["spec"]["selector"], template["metadata"]["labels"]))
    want("a token of the service account is mounted", pod.get("automountServiceAccountToken") is False)
    want("the root can be written to", security.get("readOnlyRootFilesystem") is True)
    want("it may gain privileges", security.get("allowPrivilegeEscalation") is False)
    want("not all capabilities are dropped", security["capabilities"]["drop"] == ["ALL"])
    want("capabilities", security["capabilities"].get("add", []) == (["DAC_READ_SEARCH", "SYS_PTRACE"] if any_user else []))
    want("the user", security["runAsUser"] == 0 if any_user else security["runAsUser"] > 0 and security["runAsNonRoot"])
    ports = {port["name"] for port in exporter["ports"]}
    for probe, path in (("livenessProbe", "/-/healthy"), ("readinessProbe", "/-/ready")):
        get = exporter[probe]["httpGet"]
        want(f"the {probe}", get["path"] == path and get["port"] in ports)
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    for mount in exporter.get("volumeMounts", []):
        want(f"volume {mount['name']} is not there", mount["name"] in volumes)
        want(f"{mount['mountPath']} can be written to", mount.get("readOnly") is True)
    if workload["kind"] == "Deployment":
        (gateway,) = [container for container in pod["containers"] if container["name"] == "gateway"]
        want("the processes of the gateway cannot be seen", pod.get("shareProcessNamespace") is True)
        want("its user is not the gateway's", security["runAsUser"] == gateway["securityContext"]["runAsUser"])
        want("it does not have the gateway's volumes",
             {(m["name"], m["mountPath"]) for m in exporter["volumeMounts"]}
             == {(m["name"], m["mountPath"]) for m in gateway["volumeMounts"]})
    else:
        want("the processes of the node cannot be seen", pod.get("hostPID") is True)
        want("something of the node is mounted", not pod.get("volumes"))
    return faults


def monitoring_faults(things):
    """Whether what watches the pods means these pods."""
    template = workload_of(things)["spec"]["template"]
    labels = template["metadata"]["labels"]
    ports = {port["name"] for port in exporter_of(template["spec"])["ports"]}
    (monitor,) = of_kind(things, "PodMonitor")
    (policy,) = of_kind(things, "NetworkPolicy")
    (rule,) = of_kind(things, "PrometheusRule")
    faults = []
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    if not selects(monitor["spec"]["selector"], labels) or endpoint["port"] not in ports:
        faults.append("the PodMonitor scrapes nothing")
    jobs = [relabeling["replacement"] for relabeling in endpoint["relabelings"] if relabeling["targetLabel"] == "job"]
    with open(f"{ROOT}/alerts/openclaw-lock.rules.yaml", encoding="utf-8") as file:
        text = file.read()
    if len(jobs) != 1 or f'job="{jobs[0]}"' not in text:
        faults.append("the job is not the one of the rules")
    if not selects(policy["spec"]["podSelector"], labels):
        faults.append("the NetworkPolicy protects nothing")
    if endpoint["port"] not in [port["port"] for entry in policy["spec"]["ingress"] for port in entry["ports"]]:
        faults.append("the NetworkPolicy keeps Prometheus out")
    if rule["spec"] != yaml.safe_load(text):
        faults.append("the PrometheusRule is not what alerts/ has")
    namespaces = {thing["metadata"].get("namespace") for thing in things if thing["kind"] != "Namespace"}
    if len(namespaces) != 1:
        faults.append(f"several namespaces: {namespaces}")
    committed = {os.path.basename(path) for path in glob.glob(f"{ROOT}/dashboards/*.json")}
    maps = of_kind(things, "ConfigMap")
    if {name for config in maps for name in config["data"]} != committed:
        faults.append("the ConfigMaps are not the dashboards")
    for config in maps:
        for name, content in config["data"].items():
            with open(f"{ROOT}/dashboards/{name}", encoding="utf-8") as file:
                if content != file.read():
                    faults.append(f"{name} is not the dashboard")
            if len(content) > 1 << 20:
                faults.append(f"{name} is too big for a ConfigMap")
        if config["metadata"]["labels"].get("grafana_dashboard") != "1":
            faults.append("Grafana does not look for it")
    return faults


def mutations(rendered):
    """Each must be found: (what, overlay, change, faults of)."""
    def pod(things):
        return workload_of(things)["spec"]["template"]["spec"]

    def rename(mapping, old, new):
        mapping[new] = mapping.pop(old)

    schema = lambda things, _: [fault for thing in things for fault in kind_faults(thing)]
    pods = lambda things, overlay: pod_faults(workload_of(things), overlay == "daemonset-any-user")
    watched = lambda things, _: monitoring_faults(things)
    changes = (
        ("hostPid for hostPID", "daemonset", lambda t: rename(pod(t), "hostPID", "hostPid"), schema),
        ("shareProcessNamespaces", "sidecar", lambda t: rename(pod(t), "shareProcessNamespace", "shareProcessNamespaces"), schema),
        ("a port that is a string", "daemonset", lambda t: exporter_of(pod(t))["ports"][0].update(containerPort="10069"), schema),
        ("hostPID that is a string", "daemonset", lambda t: pod(t).update(hostPID="true"), schema),
        ("no selector", "daemonset", lambda t: workload_of(t)["spec"].pop("selector"), schema),
        ("runAsuser", "sidecar", lambda t: rename(exporter_of(pod(t))["securityContext"], "runAsUser", "runAsuser"), schema),
        ("a probe without a port", "sidecar", lambda t: exporter_of(pod(t))["livenessProbe"]["httpGet"].pop("port"), schema),
        ("an unknown key of the PodMonitor", "sidecar", lambda t: of_kind(t, "PodMonitor")[0]["spec"].update(endpoints=[]), schema),
        ("a rule without expr", "sidecar", lambda t: of_kind(t, "PrometheusRule")[0]["spec"]["groups"][0]["rules"][0].pop("expr"), schema),
        ("a protocol that is none", "sidecar", lambda t: exporter_of(pod(t))["ports"][0].update(protocol="HTTP"), schema),
        ("another user than the gateway's", "sidecar", lambda t: exporter_of(pod(t))["securityContext"].update(runAsUser=1001), pods),
        ("a selector of other pods", "daemonset", lambda t: workload_of(t)["spec"].update(selector={"matchLabels": {"a": "b"}}), pods),
        ("a volume that is not there", "sidecar", lambda t: pod(t)["volumes"].pop(), pods),
        ("state that can be written to", "sidecar", lambda t: exporter_of(pod(t))["volumeMounts"][0].pop("readOnly"), pods),
        ("a service account's token", "daemonset", lambda t: pod(t).pop("automountServiceAccountToken"), pods),
        ("the PodMonitor's port", "sidecar", lambda t: of_kind(t, "PodMonitor")[0]["spec"]["podMetricsEndpoints"][0].update(port="metrics"), watched),
        ("a rule that has drifted", "sidecar", lambda t: of_kind(t, "PrometheusRule")[0]["spec"]["groups"][0]["rules"].pop(), watched),
        ("a dashboard that is missing", "sidecar", lambda t: t.remove(of_kind(t, "ConfigMap")[0]), watched),
    )
    for text, overlay, change, faults_of in changes:
        things = copy.deepcopy(rendered[overlay])
        if faults_of(things, overlay):
            raise SystemExit(f"not ok - {overlay} has faults before '{text}'")
        change(things)
        check(f"found: {text}", faults_of(things, overlay))


def run_exporter(pod, overlay, pid, sources):
    """Runs the pod's exporter with the volumes from these sources."""
    container = exporter_of(pod)
    security = container["securityContext"]
    options = ["--pid", str(pid), "--user", f"{security['runAsUser']}:{security['runAsGroup']}"]
    for capability in security["capabilities"].get("add", []):
        options += ["--cap", capability.lower()]
    for mount in container.get("volumeMounts", []):
        options += ["--bind", f"{sources[mount['name']]}:{mount['mountPath']}{':ro' if mount['readOnly'] else ''}"]
    arguments = [argument.replace("0.0.0.0:10069", "127.0.0.1:0") for argument in container["args"]]
    exporter = Exporter(overlay, [CONTAINER, *options, "--bind", f"{BINARY}:/exporter:ro", "--", "/exporter", *arguments,
                                  "--sample.interval=250ms"])
    await_that(f"{overlay}: the exporter starts", exporter.find_url)
    for probe in ("livenessProbe", "readinessProbe"):
        path = container[probe]["httpGet"]["path"]

        def answers(path=path):
            try:
                with OPENER.open(exporter.url + path, timeout=PATIENCE) as answer:
                    return answer.status == 200
            except OSError:
                return False

        await_that(f"{overlay}: {probe}", answers)
        check(f"{overlay}: the {probe} is answered", True)
    return exporter


def run(rendered):
    pod_processes = Namespace(["--pid", "--fork", "--kill-child", "--mount-proc"])
    openclaw = OpenClaw("pod", in_container(pod_processes.pid, tmp_volume=True), "/tmp", "/home/node")
    sources = {"openclaw-home": openclaw.state, "tmp-volume": f"{openclaw.home}/tmp"}
    exporters = {}
    for overlay in OVERLAYS:
        pod = workload_of(rendered[overlay])["spec"]["template"]["spec"]
        pid = "host" if pod.get("hostPID") else pod_processes.pid if pod.get("shareProcessNamespace") else "own"
        exporters[overlay] = run_exporter(pod, overlay, pid, sources)

    def told(exporter, name, least, **labels):
        exporter.scrape()
        return (exporter.sum(name, **labels) or 0) >= least

    for overlay, exporter in exporters.items():
        await_that(f"{overlay}: a living holder", lambda exporter=exporter: told(
            exporter, "openclaw_lock_files", 1, kind="session", holder="alive"))
        check(f"{overlay}: the holder of a lock in the gateway's container is alive", True)
    openclaw.fail()
    for overlay, exporter in exporters.items():
        await_that(f"{overlay}: a dead holder", lambda exporter=exporter: told(
            exporter, "openclaw_lock_files", 1, kind="session", holder="dead"))
        await_that(f"{overlay}: timeouts", lambda exporter=exporter: told(exporter, "openclaw_lock_timeouts_total", 2))
        check(f"{overlay}: its death is told, and two timeouts of its log", True)


def main():
    done = subprocess.run([f"{ROOT}/deploy/render.sh", "--check"], capture_output=True, text=True, check=False)
    check("what is rendered from alerts/ is as committed", done.returncode == 0, done.stdout + done.stderr)
    rendered = {overlay: render(f"{KUBERNETES}/overlays/{overlay}") for overlay in OVERLAYS}
    for overlay, things in rendered.items():
        faults = [fault for thing in things for fault in kind_faults(thing)]
        check(f"{overlay}: {len(things)} objects have only keys and types that Kubernetes knows", not faults, "\n    ".join(faults))
        faults = pod_faults(workload_of(things), overlay == "daemonset-any-user")
        check(f"{overlay}: the pod is hardened and sees what it must", not faults, "; ".join(faults))
        faults = monitoring_faults(things)
        check(f"{overlay}: it is scraped, ruled and shown", not faults, "; ".join(faults))
    mutations(rendered)
    container_schema = "#/definitions/kubernetes_models_v1_Container"
    for path in sorted(glob.glob(f"{KUBERNETES}/snippets/*.yaml")):
        with open(path, encoding="utf-8") as file:
            snippet = yaml.safe_load(file)
        values = snippet.get("spec", snippet)
        (container,) = values.get("sidecars") or values["extraContainers"]
        faults = schema_faults(container, container_schema)
        check(f"snippet {os.path.basename(path)} is a container", not faults and container["image"].startswith(IMAGE), "; ".join(faults))
        container["volumeMount"] = []
        check("and would not be with an unknown key", schema_faults(container, container_schema))
    run(rendered)


run_test(main)
