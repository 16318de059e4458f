# SPDX-License-Identifier: Apache-2.0
"""Just enough of PromQL's grammar to find the selectors of an expression and the functions around them.

Whether an expression is right is for Prometheus to say.
"""

import dataclasses
import re

_TOKEN = re.compile(
    r"""\s+
    | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<range>\[[^\]]*\])
    | (?P<number>\d[\w.]*|\.\d+)
    | (?P<name>[a-zA-Z_:$][\w:]*)
    | (?P<operator>=~|!~|!=|==|<=|>=|[-+*/%^<>=@,(){}])
    """,
    re.VERBOSE,
)
_SETS = {"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"}
_LABEL_LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}


class SyntaxProblem(ValueError):
    pass


@dataclasses.dataclass
class Selector:
    metric: str
    matchers: list
    range: str
    functions: list  # from the inside out


def tokens(expression):
    result, position = [], 0
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if not match or match.end() == position:
            raise SyntaxProblem(f"unexpected {expression[position:position + 10]!r}")
        position = match.end()
        if match.lastgroup:
            result.append((match.lastgroup, match[0]))
    return result


class _Reader:
    def __init__(self, expression):
        self.tokens = [*tokens(expression), ("end", "")]
        self.position = 0
        self.open = []
        self.selectors = []

    def peek(self):
        return self.tokens[self.position]

    def take(self, text=None):
        kind, value = self.tokens[self.position]
        if text is not None and value != text:
            raise SyntaxProblem(f"{value or 'the end'!r} where {text!r} should be")
        self.position += 1
        return kind, value

    def label_list(self):
        if self.peek()[1] != "(":  # group_left without labels
            return
        while self.take()[1] != ")":
            if self.peek()[0] == "end":
                raise SyntaxProblem("an open list of labels")

    def matchers(self):
        found = []
        self.take("{")
        while self.peek()[1] != "}":
            label, operator = self.take()[1], self.take()[1]
            kind, value = self.take()
            if kind != "string" or operator not in ("=", "!=", "=~", "!~"):
                raise SyntaxProblem(f"matcher {label}{operator}{value}")
            found.append((label, operator, value[1:-1]))
            if self.peek()[1] != "}":
                self.take(",")
        self.take("}")
        return found

    def selector(self, metric):
        matchers = self.matchers() if self.peek()[1] == "{" else []
        window = self.take()[1][1:-1] if self.peek()[0] == "range" else ""
        functions = [name for name in reversed(self.open) if name]
        self.selectors.append(Selector(metric, matchers, window, functions))

    def named(self, name):
        if name.lower() in _LABEL_LISTS:
            self.label_list()
        elif name.lower() in _SETS:
            pass
        elif self.peek()[1] == "(":
            self.take()
            self.open.append(name)
        elif self.peek()[1].lower() in ("by", "without"):  # sum by (a) (...)
            self.take()
            self.label_list()
            self.take("(")
            self.open.append(name)
        else:
            self.selector(name)

    def read(self):
        while self.peek()[0] != "end":
            kind, value = self.peek()
            if value == "{":
                self.selector("")
                continue
            self.take()
            if kind == "name":
                self.named(value)
            elif value == "(":
                self.open.append("")
            elif value == ")":
                if not self.open:
                    raise SyntaxProblem("a ')' too many")
                self.open.pop()
        if self.open:
            raise SyntaxProblem("a ')' is missing")
        return self.selectors


def selectors(expression):
    return _Reader(expression).read()
