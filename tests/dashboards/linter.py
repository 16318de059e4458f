# SPDX-License-Identifier: Apache-2.0
"""The rules of Grafana's dashboard-linter, written anew: it cannot be had from Debian. All of them, without exclusions."""

import re

from promql import SyntaxProblem, selectors

# Of Grafana's units those that fit what we measure.
UNITS = {
    "none", "short", "percent", "percentunit", "s", "ms", "bytes", "decbytes", "Bps", "binBps", "cps", "ops", "reqps",
    "iops", "dateTimeAsIso", "dateTimeAsIsoNoDateIfToday", "dateTimeFromNow", "dtdurations", "bool", "string",
    "suffix:min", "suffix:s", "suffix:/s",
}  # fmt: skip
WITH_QUERIES = {"timeseries", "stat", "table", "bargauge"}


def panels_of(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def queried(dashboard):
    return [panel for panel in panels_of(dashboard) if panel["type"] in WITH_QUERIES]


def targets_of(dashboard):
    for panel in queried(dashboard):
        for target in panel.get("targets", []):
            yield panel, target


def variables(dashboard, kind):
    return [variable for variable in dashboard["templating"]["list"] if variable["type"] == kind]


def substituted(expression):
    """As Prometheus could read it; the rate interval remains recognisable."""
    for name, value in (("__rate_interval", "211s"), ("__interval", "61s"), ("__range", "7201s")):
        expression = expression.replace("${%s}" % name, value).replace(f"${name}", value)
    return re.sub(r"\$\{?(\w+)(?::\w+)?\}?", r"\1", expression)


def selectors_of(target):
    try:
        return selectors(substituted(target["expr"]))
    except SyntaxProblem:
        return []  # told by target-promql


def template_datasource(dashboard):
    found = variables(dashboard, "datasource")
    if len(found) != 1:
        yield f"{len(found)} data source variables"
    for variable in found:
        if variable["name"] != "datasource" or variable.get("label") != "Data source":
            yield f"{variable['name']} is not named datasource, labelled Data source"
        if variable["query"] != "prometheus":
            yield f"it chooses among {variable['query']}"


def _template(dashboard, name, label):
    found = [variable for variable in dashboard["templating"]["list"] if variable["name"] == name]
    if len(found) != 1:
        yield f"{len(found)} variables {name}"
    for variable in found:
        expected = {"label": label, "type": "query", "multi": True, "allValue": ".+"}
        for key, value in expected.items():
            if variable.get(key) != value:
                yield f"{name}: {key} is {variable.get(key)!r}, not {value!r}"
        if variable.get("datasource", {}).get("uid") not in ("$datasource", "${datasource}"):
            yield f"{name} does not use ${{datasource}}"


def template_job(dashboard):
    yield from _template(dashboard, "job", "Job")


def template_instance(dashboard):
    yield from _template(dashboard, "instance", "Instance")


def template_label_promql(dashboard):
    for variable in variables(dashboard, "query"):
        text = variable["query"]["query"]
        match = re.fullmatch(r"label_values\((.+), *\w+\)", text)
        try:
            if not match or len(selectors(substituted(match[1]))) != 1:
                yield f"{variable['name']}: {text}"
        except SyntaxProblem as problem:
            yield f"{variable['name']}: {problem}"


def template_on_time_change_reload(dashboard):
    for variable in variables(dashboard, "query"):
        if variable.get("refresh") != 2:
            yield f"{variable['name']}: refresh {variable.get('refresh')}"


def panel_datasource(dashboard):
    for panel in queried(dashboard):
        for owner in [panel, *panel.get("targets", [])]:
            if owner.get("datasource", {}).get("uid") not in ("$datasource", "${datasource}"):
                yield f"{panel['title']}: {owner.get('datasource')}"


def panel_title_description(dashboard):
    for panel in queried(dashboard):
        for field in ("title", "description"):
            if not panel.get(field):
                yield f"panel {panel.get('id')} {panel.get('title')} has no {field}"


def panel_units(dashboard):
    for panel in queried(dashboard):
        units = [panel["fieldConfig"]["defaults"].get("unit")]
        for override in panel["fieldConfig"]["overrides"]:
            units += [each["value"] for each in override["properties"] if each["id"] == "unit"]
        for unit in units:
            if unit not in UNITS:
                yield f"{panel['title']}: unit {unit!r}"


def panel_no_targets(dashboard):
    for panel in queried(dashboard):
        if not panel.get("targets"):
            yield panel["title"]


def target_logql(dashboard):
    for panel, target in targets_of(dashboard):
        if re.search(r"\|=|\|~|!~ *`|\| *(json|logfmt|line_format)\b", target["expr"]):
            yield f"{panel['title']}: {target['expr']}"


def target_logql_auto(dashboard):
    for panel, target in targets_of(dashboard):
        if "$__auto" in target["expr"]:
            yield f"{panel['title']}: {target['expr']}"


def target_promql(dashboard):
    for panel, target in targets_of(dashboard):
        try:
            if not selectors(substituted(target["expr"])):
                yield f"{panel['title']}: selects nothing"
        except SyntaxProblem as problem:
            yield f"{panel['title']}: {problem}"


def target_rate_interval(dashboard):
    window = substituted("$__rate_interval")
    for panel, target in targets_of(dashboard):
        for selector in selectors_of(target):
            rates = {"rate", "irate", "increase", "delta", "idelta", "deriv", "changes", "resets"} & set(selector.functions[:1])
            if rates and selector.range != window:
                yield f"{panel['title']}: {selector.metric}[{selector.range}]"


def _target_label(dashboard, label):
    for panel, target in targets_of(dashboard):
        try:
            found = selectors(target["expr"].replace("$__rate_interval", "5m").replace("$__range", "5m"))
        except SyntaxProblem:
            continue
        for selector in found:
            # Others may follow.
            if [each for each in selector.matchers if each[0] == label][:1] != [(label, "=~", f"${label}")]:
                yield f'{panel["title"]}: {selector.metric} is not selected by {label}=~"${label}" first'


def target_job(dashboard):
    yield from _target_label(dashboard, "job")


def target_instance(dashboard):
    yield from _target_label(dashboard, "instance")


def target_counter_agg(dashboard):
    for panel, target in targets_of(dashboard):
        for selector in selectors_of(target):
            counter = selector.metric.endswith(("_total", "_bucket", "_count", "_sum")) and ":" not in selector.metric
            if counter and not {"rate", "irate", "increase"} & set(selector.functions[:1]):
                yield f"{panel['title']}: {selector.metric}"


def uneditable_dashboard(dashboard):
    if dashboard.get("editable") is not False:
        yield "editable"


RULES = {
    "template-datasource-rule": template_datasource,
    "template-job-rule": template_job,
    "template-instance-rule": template_instance,
    "template-label-promql-rule": template_label_promql,
    "template-on-time-change-reload-rule": template_on_time_change_reload,
    "panel-datasource-rule": panel_datasource,
    "panel-title-description-rule": panel_title_description,
    "panel-units-rule": panel_units,
    "panel-no-targets-rule": panel_no_targets,
    "target-logql-rule": target_logql,
    "target-logql-auto-rule": target_logql_auto,
    "target-promql-rule": target_promql,
    "target-rate-interval-rule": target_rate_interval,
    "target-job-rule": target_job,
    "target-instance-rule": target_instance,
    "target-counter-agg-rule": target_counter_agg,
    "uneditable-dashboard": uneditable_dashboard,
}


def lint(dashboard):
    return [f"{rule}: {finding}" for rule, check in RULES.items() for finding in check(dashboard)]
