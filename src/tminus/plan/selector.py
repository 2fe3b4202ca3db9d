"""Selectors: which recorded measurements or events a metric counts, in PromQL's spelling.

http.server.request.duration{http.response.status_code=~"5.."}
profile_opened{region="US", tier!="free"}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z_][\w.:/-]*")
_MATCHER = re.compile(r'\s*([A-Za-z_][\w.]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(,|$)')


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label. A missing label counts as the empty string, as in PromQL."""

    label: str
    op: str
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """True for labels that this asks for; a label that is not there counts as empty, as in Prometheus."""
        found = labels.get(self.label, "")
        if self.op == "=":
            return found == self.value
        if self.op == "!=":
            return found != self.value
        matched = re.fullmatch(self.value, found) is not None
        return matched if self.op == "=~" else not matched


@dataclass(frozen=True, slots=True)
class Selector:
    """A name and the conditions its labels must meet."""

    name: str
    matchers: tuple[Matcher, ...] = ()

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """True for a series of this name whose labels suit every matcher."""
        return name == self.name and all(matcher.matches(labels) for matcher in self.matchers)

    def __str__(self) -> str:
        if not self.matchers:
            return self.name
        inside = ", ".join(f'{m.label}{m.op}"{m.value}"' for m in self.matchers)
        return f"{self.name}{{{inside}}}"


def parse_selector(text: str) -> Selector:
    """Read a selector. Raises ValueError with one line that says what is wrong and where."""
    text = text.strip()
    name = _NAME.match(text)
    if name is None:
        raise ValueError(f"a selector starts with a name, such as http.server.requests, not {text[:20]!r}")
    rest = text[name.end() :].strip()
    if not rest:
        return Selector(name.group())
    if not (rest.startswith("{") and rest.endswith("}")):
        raise ValueError(f'after the name {name.group()} come conditions in braces, such as {{region="US"}}')
    inside, matchers, position = rest[1:-1].strip(), [], 0
    while position < len(inside):
        found = _MATCHER.match(inside, position)
        if found is None:
            raise ValueError(f'cannot read {inside[position:]!r}: a condition is label="value" (or !=, =~, !~)')
        label, op, value = found.group(1), found.group(2), re.sub(r"\\(.)", r"\1", found.group(3))
        if "~" in op:
            _check_pattern(value)
        matchers.append(Matcher(label, op, value))
        position = found.end()
    return Selector(name.group(), tuple(matchers))


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"the pattern {pattern!r} is not a regular expression: {error}") from None
