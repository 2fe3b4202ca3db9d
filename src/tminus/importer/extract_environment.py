"""Reads environment variables (names only), containers with their health checks, and the commands of a deployment."""

from __future__ import annotations

import re

from tminus.importer.draft import Draft, Service, Variable
from tminus.importer.extract_common import body, cells, descend, fields, flow_list, flow_map, head, sentence
from tminus.importer.extract_secrets import looks_secret, telling
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import ENVIRONMENTS, VARIABLE_COLUMNS, Words

_ASSIGNMENT = re.compile(
    r"(?:export\s+|set\s+|ENV\s+|\$env:|-\s+)?([A-Za-z_][A-Za-z0-9_]{1,120})\s{0,3}=(.*)", re.DOTALL
)
_NAME = re.compile(r"(?<![A-Za-z0-9_$./-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?![A-Za-z0-9_/-])")
_SHOUTED = re.compile(r"[A-Z][A-Z0-9_]{1,80}")


def read_variables(block: Block, draft: Draft) -> None:
    """`NAME=value` lines, tables, lists and `env:` mappings. The value is looked at and forgotten."""
    seen = {(variable.name, variable.environment) for variable in draft.variables}

    def visit(one: Block, around: tuple[str, str]) -> tuple[str, str] | None:
        environment, group = around
        if one.kind is Kind.HEADING and not _SHOUTED.fullmatch(head(one)):
            title = head(one)
            return ENVIRONMENTS.find(title) or environment, title if one is not block else group
        for name, secret, where in _names(one):
            place = ENVIRONMENTS.find(where) or environment
            if (name, place) not in seen:
                seen.add((name, place))
                draft.variables.append(Variable(one.line, name, place, secret, group))
        return around

    descend(block, (_of_all(block), ""), visit)


def _of_all(block: Block) -> str:
    """The environment that one heading of a section names, where no other names another: it is that of all."""
    heads = [block, *(one for one in block.walk() if one.kind is Kind.HEADING and one is not block)]
    named = {place for one in heads if (place := ENVIRONMENTS.find(head(one)))}
    return named.pop() if len(named) == 1 else ""


def _names(one: Block) -> list[tuple[str, bool, str]]:
    """Name, whether it is a secret, and where it is set, of the variables on one line."""
    if one.kind is Kind.ROW:
        return _of_row(one)
    if one.kind is Kind.HEADING:
        return [(head(one), telling(head(one)), "")]
    text = sentence(one)
    if found := _ASSIGNMENT.match(text):
        return [(found[1], looks_secret(found[1], found[2]), "")] if _variable_like(found[1], one) else []
    if one.label and _SHOUTED.fullmatch(one.label):
        return [(one.label, looks_secret(one.label, one.value), "")]
    if one.kind is Kind.CODE and one.fence is not None and not _SHOUTED.fullmatch(text):
        return []
    if one.kind is Kind.ITEM or one.fence is not None:
        return [(name, telling(name), "") for name in _listed(text)]
    return [(name, telling(name), "") for name in _NAME.findall(text)]


def _variable_like(name: str, one: Block) -> bool:
    return name.isupper() or (one.fence is not None and "_" in name)


def _listed(text: str) -> list[str]:
    first = re.split(r"[\s:(–—,=]", text, maxsplit=1)[0].strip("`*\"'")
    if _SHOUTED.fullmatch(first) and ("_" in first or first == text.strip("`*\"' ")):
        return list(dict.fromkeys([first, *_NAME.findall(text)])) if "," in text else [first]
    return _NAME.findall(text)


def _of_row(row: Block) -> list[tuple[str, bool, str]]:
    found = cells(row, VARIABLE_COLUMNS)
    name = found.get("name", row.cells[0] if row.cells else "").strip("` *")
    names = [name] if _SHOUTED.fullmatch(name) else _NAME.findall(name)
    stated = found.get("secret", "").strip().lower()[:1] in ("y", "j", "s", "o", "t", "✓", "✅", "x")
    value = max(row.cells[1:], key=len, default="") if len(row.cells) > 1 else ""
    return [
        (one, stated or looks_secret(one, value if " " not in value else ""), found.get("environment", ""))
        for one in names
    ]


HEALTH_KEYS = Words(
    test="test command cmd exec path",
    every="interval periodseconds period_seconds every",
    timeout="timeout timeoutseconds",
    retries="retries failurethreshold attempts",
    image="image build",
)
_PROBES = (
    "livenessprobe",
    "readinessprobe",
    "startupprobe",
    "healthcheck",
    "health_check",
    "health check",
    "httpget",
    "exec",
)
_SECONDS = re.compile(r"\d{1,6}")
_TIME = re.compile(r"(?:\d{1,6}(?:\.\d{1,3})?(?:ms|s|m|h)){1,4}|\d{1,6}")
_ENV_LIST = frozenset(("environment", "env"))


def read_services(block: Block, draft: Draft) -> None:
    """Containers of compose files and of Kubernetes manifests, with how they say that they are well."""

    def visit(one: Block, inside: bool) -> bool | None:
        if one.kind is Kind.ROW:
            return None
        if one.kind in (Kind.ITEM, Kind.HEADING) and one.children and (service := _service(one, inside)):
            draft.services.append(service)
            _service_variables(one, draft)
            return None
        return inside or (
            one.kind is Kind.HEADING and one.fence is not None and head(one).lower() in ("services", "containers")
        )

    descend(block, False, visit)


def _service(one: Block, inside: bool) -> Service | None:
    """A container: something in a fence that has an image, or stands under `services:`."""
    if one.fence is None:
        return None
    image, name, lines = "", head(one), []
    if one.kind is Kind.ITEM and one.label.lower() == "image":
        image, name = body(one), ""
    for child in one.children:
        key = child.label.lower() if child.kind is Kind.PAIR else ""
        if key in ("image", "build") and not image:
            image = body(child)
            lines.append(child.line)
        elif key in ("name", "container_name") and (one.kind is Kind.ITEM):
            name = body(child)
            lines.append(child.line)
    if one.kind is Kind.ITEM and one.label.lower() == "name":
        name = body(one)
    if not image and not (inside and any(head(child).lower() in _PROBES or child.label for child in one.children)):
        return None
    service = Service(one.line, name or image.split("/")[-1].split(":")[0], image if image else "", lines=lines)
    _health(one, service)
    return service


def _health(one: Block, service: Service) -> None:
    """The first health check of a container: compose's `healthcheck:`, else the liveness probe."""
    probes = [child for child in one.children if head(child).lower() in _PROBES]
    probes.sort(key=lambda probe: "liveness" not in head(probe).lower())
    if not probes:
        return
    probe = probes[0]
    service.lines += [probe.line]
    if probe.value:
        service.test = _test(probe.value)
        return
    seconds = probe.children and head(probe).lower().endswith("probe")
    found = fields(probe, HEALTH_KEYS)
    for child in probe.children:
        if head(child).lower() in ("httpget", "exec", "tcpsocket", "grpc") and child.label != "exec":
            _kubernetes_test(child, service)
    if test := found.get("test"):
        service.test = service.test or _test(test.value)
        service.lines += test.lines
    for key in ("every", "timeout"):
        if (one_field := found.get(key)) and (time := _TIME.match(one_field.value)):
            setattr(service, key, time[0] + ("s" if seconds or time[0].isdigit() else ""))
            service.lines += one_field.lines
    if (retries := found.get("retries")) and (number := _SECONDS.match(retries.value)):
        service.retries = int(number[0])
        service.lines += retries.lines
    service.lines = sorted({*service.lines} - {service.line})


def _kubernetes_test(child: Block, service: Service) -> None:
    given = flow_map(child.value) or {one.label.lower(): body(one) for one in child.children if one.label}
    given = {key.lower(): text for key, text in given.items()}
    lines = [child.line, *(one.line for one in child.children if one.label or one.kind is Kind.ITEM)]
    kind = head(child).lower()
    if kind == "httpget":
        port = given.get("port", "")
        service.test = f"GET {f':{port}' if port else ''}{given.get('path', '/')}"
    elif kind == "exec":
        members = [sentence(one) for one in child.walk() if one.kind is Kind.ITEM]
        service.test = " ".join(members) or _test(given.get("command", ""))
    else:
        service.test = f"{kind} {given.get('port', '')}".strip()
    service.lines += lines


def _test(text: str) -> str:
    """`["CMD", "curl", "-f", "http://…"]` as the command that it runs."""
    written = text.strip()
    if written.startswith(("[", "CMD, ", "CMD-SHELL, ")):
        members = flow_list(written)
        if members and members[0].upper() in ("CMD", "CMD-SHELL", "NONE"):
            members = members[1:]
        return " ".join(members)
    return written.removeprefix("CMD-SHELL ").removeprefix("CMD ")


def _service_variables(one: Block, draft: Draft) -> None:
    """The variables that a container is given."""
    seen = {(variable.name, variable.environment) for variable in draft.variables}
    for child in one.children:
        if head(child).lower() not in _ENV_LIST:
            continue
        for item in child.children:
            given = {pair.label.lower(): body(pair) for pair in item.children if pair.label}
            if item.label.lower() == "name" and _SHOUTED.fullmatch(body(item)):
                names = [(body(item), looks_secret(body(item), given.get("value", "")), "")]
            else:
                names = _names(item)
            for name, secret, _ in names:
                if (name, "") not in seen:
                    seen.add((name, ""))
                    draft.variables.append(Variable(item.line, name, "", secret, head(one)))
