#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the runbooks: checks what can be checked without running them, and takes the commands out.

  runbook_pages.py check ROOT            ROOT: the repository; prints a line "ok - ..." or "not ok - ..." for each thing
  runbook_pages.py blocks ROOT DIR       writes DIR/NNN.sh, and a line "NNN PAGE LINE HOST EFFECT PATTERNS..." for each
                                         (tab-separated) to DIR/index
  runbook_pages.py commands ROOT         prints the commands that the prose names, one a line
  runbook_pages.py queries ROOT          prints the PromQL of the pages as a rule file

The comment before a block says what is expected of it; people do not see it:

  <!-- test: [on HOST;] [changes EFFECT;] prints REGEX [&& REGEX]... -->
"""

import pathlib
import re
import sys

SECTIONS = [
    "Meaning", "Impact", "Diagnosis", "Decide", "Mitigation", "Prove the fix", "Resume", "Post-mortem questions",
]
ALERTS = [
    "Timeouts", "TimeoutsSlowBurn", "ManyGatewaysHurt", "SessionWedged", "RestartLoop", "DuplicateGateways",
    "HolderDead", "PidRecycled", "Overdue", "DiskWait", "SqliteContention", "LogSuppressed", "Blind", "ExporterDown",
    "ConfigReloadFailed", "Watchdog",
]
# Sent by hand, to test the way of a page.
NOT_RULES = {"OpenClawLockTest"}
DASHBOARDS = {"openclaw-lock-overview", "openclaw-lock-gateway", "openclaw-lock-exporter"}
# What a person proves the fix by.
PROOFS = ["no-new-timeouts-for-60-minutes", "ten-test-prompts", "fallback-works"]
COMMANDS = ("docker ", "kubectl ", "systemctl ", "openclaw ", "journalctl ")
HOSTS = {"files", "sqlite"}
FENCE = re.compile(r"^( *)```(\w*)\s*$")
EXPECTED = re.compile(r"^ *<!-- test: (?:on (?P<host>\w+); )?(?:changes (?P<effect>\w+); )?prints (?P<prints>.+) -->$")

failures = 0


def report(good, text, detail=""):
    global failures
    print(("ok - " if good else "not ok - ") + text + (f": {detail}" if detail and not good else ""))
    failures += not good


class Block:
    def __init__(self, page, line, language, text, before):
        self.page, self.line, self.language, self.text = page, line, language, text
        self.expected = EXPECTED.match(before)

    @property
    def place(self):
        return f"{self.page}:{self.line}"


class Page:
    def __init__(self, path):
        self.name, self.text = path.name, path.read_text()
        self.headings, self.prose, self.blocks = [], [], []
        inside, indent, before = None, "", ""
        for number, line in enumerate(self.text.splitlines(), 1):
            fence = FENCE.match(line)
            if inside is not None:
                if fence and fence[2] == "":
                    self.blocks.append(Block(self.name, inside[0], inside[1], "\n".join(inside[2]) + "\n", before))
                    inside = None
                else:
                    inside[2].append(line.removeprefix(indent))
            elif fence:
                indent, inside = fence[1], (number, fence[2], [])
            else:
                self.prose.append(line)
                if heading := re.match(r"^(#+) (.*)$", line):
                    self.headings.append((len(heading[1]), heading[2]))
                before = line
        self.anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for _, title in self.headings}
        if inside is not None:
            report(False, f"{self.name}: every block ends")

    def section(self, title):
        found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", self.text, re.S | re.M)
        return found[1] if found else ""


def load(root):
    return {path.name: Page(path) for path in sorted((root / "alerts/runbooks").glob("*.md"))}


def check_layout(pages):
    wanted = {f"OpenClawLock{alert}.md" for alert in ALERTS} | {"README.md"}
    report(set(pages) == wanted, "one page for each alert", f"differs: {sorted(set(pages) ^ wanted)}")
    for page in pages.values():
        if page.name == "README.md":
            continue
        titles = [title for level, title in page.headings if level <= 2]
        report(titles == [page.name.removesuffix(".md"), *SECTIONS], f"{page.name} has the sections", str(titles))
        short = [title for title in SECTIONS if len(page.section(title).split()) < 10]
        report(not short, f"{page.name}: no section is empty", str(short))
        report(any(f"(`/d/{uid}`" in page.text or f"(\n`/d/{uid}`" in page.text or f"\n(`/d/{uid}`" in page.text
                   for uid in DASHBOARDS), f"{page.name} names its dashboard")
        proof = page.section("Prove the fix")
        missing = [anchor for anchor in PROOFS if f"(README.md#{anchor})" not in proof]
        report(not missing, f"{page.name}: the fix is proven by 60 minutes, ten prompts and fallback", str(missing))
        first = re.match(r"# \w+\n\n\*\*[^*]+[.]\*\*\n\n", page.text)
        report(bool(first), f"{page.name} begins with what is broken and who is hurt")
        report("| do |" in page.section("Decide") or page.section("Decide").count("\n|") > 4,
               f"{page.name}: a table says what to do")
        runs = re.findall(r"```sh\n", page.section("Diagnosis"))
        report(bool(runs), f"{page.name}: its diagnosis has commands of its own")


def check_links(pages):
    broken = []
    for page in pages.values():
        for target in re.findall(r"\]\(([^)\s]+)\)", "\n".join(page.prose)):
            if re.match(r"https?:", target):
                continue
            name, _, anchor = target.partition("#")
            other = pages.get(name) if name else page
            if not other or (anchor and anchor not in other.anchors):
                broken.append(f"{page.name}: {target}")
    report(not broken, "every link of the runbooks leads somewhere", "; ".join(broken))


def check_names(root, pages):
    sources = "".join(path.read_text() for path in sorted((root / "exporter/views/metrics").glob("*.cpp")))
    sources += (root / "README.md").read_text()
    known = set(re.findall(r"openclaw_lock_[a-z_]*[a-z]", sources))
    rules = root / "alerts/openclaw-lock.rules.yaml"
    rules_text = rules.read_text() if rules.exists() else ""
    records = set(re.findall(r"record: *['\"]?([\w:]+)", rules_text))
    alerts_of_rules = set(re.findall(r"alert: *['\"]?(\w+)", rules_text))
    events = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', (root / "core/logs/log_event.cpp").read_text()))
    unknown, wrong_alerts, wrong_events, wrong_dashboards = set(), set(), set(), set()
    for page in pages.values():
        for name in expand(page.text):
            stem = re.sub(r"_(bucket|sum|count)$", "", name)
            if name not in known and stem not in known:
                unknown.add(f"{page.name}: {name}")
        for name in re.findall(r"\b(?:agent|gateway|job):openclaw_lock_[\w:]+", page.text):
            if rules_text and name not in records:
                unknown.add(f"{page.name}: {name}")
        for name in re.findall(r"\bOpenClawLock[A-Z]\w*", page.text):
            if name not in NOT_RULES and f"{name}.md" not in pages:
                wrong_alerts.add(f"{page.name}: {name}")
        for name in re.findall(r'event="([a-z_]+)"', page.text):
            if name not in events and not any(event.startswith(name) for event in events):
                wrong_events.add(f"{page.name}: {name}")
        for name in re.findall(r"/d/([\w-]+)", page.text):
            if name not in DASHBOARDS:
                wrong_dashboards.add(f"{page.name}: {name}")
    report(not unknown, "every metric of the runbooks exists", ", ".join(sorted(unknown)))
    report(not wrong_alerts, "every alert of the runbooks has a page", ", ".join(sorted(wrong_alerts)))
    report(not wrong_events, "every log event of the runbooks exists", ", ".join(sorted(wrong_events)))
    report(not wrong_dashboards, "every dashboard of the runbooks exists", ", ".join(sorted(wrong_dashboards)))
    if rules_text:
        wanted = {f"OpenClawLock{alert}" for alert in ALERTS}
        differing = sorted(alerts_of_rules ^ wanted)
        report(not differing, "the rules have the alerts of the runbooks", str(differing))
    else:
        print("# no alerts/openclaw-lock.rules.yaml: recorded series and alerts are not compared with it")


def expand(text):
    """The metric names in a text; a regular expression such as openclaw_lock_(a|b_(c|d))_e stands for several."""
    names = set()
    for start in re.finditer(r"openclaw_lock_", text):
        endings, _ = sequence(text, start.end())
        names |= {"openclaw_lock_" + ending for ending in endings if ending}
    return {name for name in names if not name.endswith("_")}


def sequence(text, at):
    """What the letters and groups from there on can be, and where they end."""
    found = {""}
    while True:
        word = re.match(r"[a-z_]*", text[at:])[0]
        found, at = {one + word for one in found}, at + len(word)
        if text[at:at + 1] != "(":
            return found, at
        choices = set()
        while text[at] in "(|":
            some, at = sequence(text, at + 1)
            choices |= some
            while text[at] not in "|)":  # the rest of a regular expression, which is no name any more
                at = text.index(")", at) + 1 if text[at] == "(" else at + 1
        found, at = {one + choice for one in found for choice in choices}, at + 1
        if text[at:at + 1] == "?":
            return found, at


def check_blocks(pages):
    unexpected, hanging = [], []
    for page in pages.values():
        for block in page.blocks:
            if block.language not in ("sh", "promql"):
                unexpected.append(f"{block.place}: a block of '{block.language}'")
            if block.language == "sh" and (not block.expected or (block.expected["host"] or "files") not in HOSTS):
                unexpected.append(f"{block.place}: no comment says what it prints")
            for word in ("rm -", "kill -9", "kill -KILL", "pkill", "killall", "sqlite3 ", "while true", "watch "):
                if block.language == "sh" and word in block.text:
                    unexpected.append(f"{block.place}: '{word}'")
            for command in re.findall(r"^.*$", block.text, re.M) if block.language == "sh" else []:
                if re.search(r"(?<!timeout 10 )(?<!timeout 20 )(?<!timeout 60 )\b(df|du|findmnt|stat|ls) -", command) \
                        and not re.search(r"kubectl|docker", command):
                    hanging.append(f"{block.place}: {command.strip()}")
                globs = re.search(r'(in|ls|head|stat|cat|grep) [^#]*"?\$STATE"?/[^ ]*\*', command)
                if globs and "timeout" not in command:
                    hanging.append(f"{block.place}: {command.strip()}")
            if re.search(r"(?<!<)![\w\"$-]", block.text):
                unexpected.append(f"{block.place}: a shell may take a '!' for its history")
            if re.search(r"-u openclaw-gateway|NAMESPACE=(?!openclaw$)", block.text, re.M):
                unexpected.append(f"{block.place}: a name that is no variable of the block")
        for word in ("/locks`", "diagnose"):
            if word in page.text:
                unexpected.append(f"{page.name}: '{word}' does not exist yet")
    report(not unexpected, "every block can be tested, and none does what a runbook must not", "; ".join(unexpected))
    report(not hanging, "no block hangs on a dead mount", "; ".join(hanging))
    texts = [block.text for page in pages.values() for block in page.blocks]
    twice = {text for text in texts if texts.count(text) > 1 and text.count("\n") > 5}
    report(not twice, "what pages share is in the README once", "; ".join(sorted(twice))[:200])
    moves = [block.place for page in pages.values() for block in page.blocks
             if re.search(r"\bmv .*\$(lock|1)\b", block.text)]
    report(all(place.startswith("README.md") for place in moves) and len(moves) == 2,
           "locks are moved in two places, for hosts and for Kubernetes", str(moves))


def write_blocks(pages, directory):
    with open(directory / "index", "w") as index:
        number = 0
        for page in pages.values():
            for block in page.blocks:
                if block.language != "sh" or not block.expected:
                    continue
                number += 1
                (directory / f"{number:03}.sh").write_text(block.text)
                fields = block.expected
                print(f"{number:03}", page.name.removesuffix(".md"), block.line, fields["host"] or "files",
                      fields["effect"] or "-", *fields["prints"].split(" && "), sep="\t", file=index)


def print_commands(pages):
    for page in pages.values():
        prose = " ".join(page.prose)
        for code in re.findall(r"`([^`]+)`", prose):
            code = re.sub(r"\s+", " ", code)
            if code.startswith(COMMANDS) and "..." not in code:
                print(code)


def print_queries(pages):
    print("groups:\n- name: runbooks\n  rules:")
    number = 0
    for page in pages.values():
        for block in page.blocks:
            if block.language == "promql":
                number += 1
                print(f"  - record: runbook:{number}\n    expr: |")
                print("".join(f"      {line}\n" for line in block.text.splitlines()), end="")


def main():
    command, root = sys.argv[1], pathlib.Path(sys.argv[2])
    pages = load(root)
    if command == "check":
        check_layout(pages)
        check_links(pages)
        check_names(root, pages)
        check_blocks(pages)
    elif command == "blocks":
        write_blocks(pages, pathlib.Path(sys.argv[3]))
    elif command == "commands":
        print_commands(pages)
    elif command == "queries":
        print_queries(pages)
    else:
        sys.exit(__doc__)
    sys.exit(1 if failures else 0)


main()
