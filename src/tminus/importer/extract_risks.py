"""Reads what may go wrong: tables, lists and sections, with how likely and how grave it is and what is done about it."""

from __future__ import annotations

import re

from tminus.importer.draft import Draft, Risk
from tminus.importer.extract_common import (
    Found,
    body,
    cells,
    descend,
    fields,
    head,
    lines_of,
    own_lines,
    parts,
    sentence,
)
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import CHANCES, COLUMNS, EMOJI_CHANCES, RISK_KEYS, fold

_NAMES = (
    r"probability|likelihood|likely|odds|chance|prob|p|impact|damage|harm|i|eintritt\w*|wahrscheinlich\w*|auswirk\w*|schaden\w*|probabilit\w*|"
    r"vraisemblance|gravite|probabilid\w*|impacto|impatto|kans|gevolg\w*|prawdopodob\w*|wplyw|skut\w*|olasilik|ihtimal|etki\w*"
)
_STATED = re.compile(rf"(?<!\w)({_NAMES})(?:\s{{0,3}}[:=]\s{{0,3}}|\s)([\w/-]{{1,20}}|[🔴🟠🟡🟢🟥🟧🟨🟩])")
_BARE = re.compile(r"\(([^()]{1,120})\)|\[([^\[\]]{1,120})\]")
_ARROW = re.compile(r"\s(?:->|→|=>|⇒|➔|–>|—)\s")
_WORD = re.compile(r"[^\W\d_]+|[🔴🟠🟡🟢🟥🟧🟨🟩]|\d")
_RISK_NUMBER = re.compile(
    r"(?:risk|risiko|risque|riesgo|risco|rischio|risico|ryzyko)\s*#?\d{1,3}\s*[:.–—-]\s*|R-?\d{1,3}\s*[:.–—-]\s*",
    re.IGNORECASE,
)
_MITIGATION = re.compile(
    r"(?:mitigat\w*|countermeasures?|response|answer|antwort|réponse|respuesta|gegenmaßnahmen?|maßnahmen?|mesures?|parade|mitigaci[oó]n|mitiga[cç][aã]o|mitigazione|maatregel\w*|"
    r"zapobieganie|önlem\w*)\s*:\s*",
    re.IGNORECASE,
)
_NUMBERS = {1: "low", 2: "low", 3: "medium", 4: "high", 5: "critical"}


def level_in(text: str, impact: bool = False) -> str:
    """`Medium`, `hoch`, `H`, `🔴` or `4` as low, medium, high or critical; empty where nothing of that kind stands."""
    for sign, level in EMOJI_CHANCES.items():
        if sign in text:
            return level
    found = CHANCES.find(text)
    if not found:
        digit = re.match(r"\s*([1-5])(?:\s*/\s*5)?\s*$", text)
        found = _NUMBERS[int(digit[1])] if digit else ""
    return "high" if found == "critical" and not impact else found


def read_risks(block: Block, draft: Draft) -> None:
    """Every risk of a section. Mitigations are split at commas and semicolons."""

    table = any(child.kind is Kind.ROW for child in block.children)

    def visit(one: Block, group: str) -> str | None:
        if table and one.kind in (Kind.PAIR, Kind.TEXT):
            return None  # what stands beside a table of risks is none
        if one.kind is Kind.TEXT and (told := _sentences(one)):
            for sentence_ in told:
                _line(sentence_, group, draft)
            return None
        if one.kind is Kind.ROW:
            _row(one, group, draft)
            return None
        if one is not block or one.kind is not Kind.HEADING:
            found = fields(one, RISK_KEYS)
            if {"probability", "impact", "mitigation"} & found.keys() and (
                one.kind is not Kind.PAIR or "risk" in found
            ):
                _object(one, found, group, draft)
                return None
        if one.kind is Kind.HEADING:
            return head(one) if one is not block else group
        if one.kind is Kind.ITEM or one.kind is Kind.PAIR or (one.kind is Kind.TEXT and len(_stated(one.text)) > 1):
            _line(one, group, draft)
            return None
        return group

    descend(block, "", visit)


_SENTENCE = re.compile(r"(?<=\))[.;]\s+")


def _sentences(one: Block) -> list[Block]:
    """The parts of `Drift (likely; moderate impact). Loops (unlikely; high impact).`; empty for other lines."""
    pieces = [piece for piece in _SENTENCE.split(one.text[:4000]) if piece.strip(" .")]
    if not pieces or not all((found := _BARE.search(piece)) and _two_levels(found[1] or found[2]) for piece in pieces):
        return []
    return [Block(Kind.TEXT, one.line, piece.strip(), one.last) for piece in pieces]


def _row(row: Block, group: str, draft: Draft) -> None:
    found = cells(row, COLUMNS)
    text = found.get("risk") or found.get("metric", "")
    if not text:
        taken = {found.get(name, "") for name in ("probability", "impact", "mitigation")}
        free = [
            cell
            for cell in row.cells
            if cell.strip() and cell not in taken and not re.fullmatch(r"[A-Z]{0,3}-?\d{1,4}", cell.strip())
        ]
        text = free[0] if free else ""
    if not text:
        return
    impact = found.get("impact") or found.get("severity", "") or _other_level(row, found)
    draft.risks.append(
        Risk(
            row.line,
            text.strip(),
            level_in(found.get("probability", "")),
            level_in(impact, True),
            _measures(found.get("mitigation") or found.get("action", "")),
            group,
        )
    )


def _other_level(row: Block, found: dict[str, str]) -> str:
    """The level in a column that is named for nothing: beside a probability it is the impact."""
    taken = [name for name in ("probability", "impact", "severity") if name in found]
    levels = [cell.strip() for cell in row.cells if len(cell) < 24 and CHANCES.whole(cell)]
    return levels[1] if taken == ["probability"] and len(levels) > 1 else ""


def _object(one: Block, found: dict[str, Found], group: str, draft: Draft) -> None:
    """A risk with fields beneath it: `### Risk 1: Slow imports` and `- Probability: high`."""
    name = found["risk"].value if "risk" in found and one.line in found["risk"].lines else head(one)
    text = _RISK_NUMBER.sub("", one.text if one.kind is Kind.HEADING else name or one.text, count=1)
    mitigation = found.get("mitigation")
    measures = [text for _, text in mitigation.many] or _measures(mitigation.value) if mitigation else []
    lines = lines_of(found, one.line)
    claimed = {*lines, one.line}
    notes = [
        (child.line, sentence(child))
        for child in one.walk()
        if child is not one and child.line not in claimed and child.kind is not Kind.FENCE
    ]
    probability = level_in(found["probability"].value) if "probability" in found else ""
    impact = level_in(found["impact"].value, True) if "impact" in found else ""
    draft.risks.append(Risk(one.line, text, probability, impact, measures, group, lines=lines, notes=notes))


def _line(one: Block, group: str, draft: Draft) -> None:
    """`**Database Performance:** Connection pooling`, `Apple rejects it (probability medium, impact high) → send early`."""
    whole = _RISK_NUMBER.sub("", sentence(one), count=1)
    probability, impact, rest = _levels(whole)
    levels = _two_levels(one.label) if one.value and one.label and "(" not in one.label else None
    if levels:  # `Low probability, high impact: the host closes`
        (probability, impact), rest = levels, one.value
    told = _ARROW.split(rest, maxsplit=1)
    if len(told) > 1:
        text, done = told
    elif one.label and rest is not one.value and not _stated(one.label + ":"):
        text, done = _RISK_NUMBER.sub("", _levels(one.label)[2], count=1), _levels(body(one))[2]
    elif found := _MITIGATION.search(rest):
        text, done = rest[: found.start()], rest[found.end() :]
    else:
        text, _dot, done = rest.partition(". ") if probability and impact else (rest, "", "")
    done = _MITIGATION.sub("", done, count=1) if _MITIGATION.match(done) else done
    measures = _measures(done) + [sentence(child) for child in one.children if sentence(child)]
    lines = [*own_lines(one)[1:], *(child.line for child in one.children if sentence(child))]
    draft.risks.append(Risk(one.line, text.strip(" .,;:–—-"), probability, impact, measures, group, lines=lines))


def _stated(text: str) -> list[re.Match[str]]:
    return [found for found in _STATED.finditer(fold(text[:1000])) if level_in(found[2], True)]


def _levels(text: str) -> tuple[str, str, str]:
    """Probability, impact, and the text without them."""
    probability = impact = ""
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.lower()
    spans: list[tuple[int, int]] = []
    for found in _BARE.finditer(text[:2000]):
        inside = found[1] or found[2]
        chance = _two_levels(inside)
        if chance:
            probability, impact = probability or chance[0], impact or chance[1]
            spans.append(found.span())
    for found in [] if spans else list(_STATED.finditer(folded[:2000])):
        if not level_in(found[2], True) or (len(found[1]) == 1 and ":" not in found[0] and "=" not in found[0]):
            continue
        if RISK_KEYS.whole(found[1]) == "probability":
            probability = probability or level_in(found[2])
        else:
            impact = impact or level_in(found[2], True)
        spans.append(found.span())
    for begin, end in reversed(spans):
        text = text[:begin].rstrip() + " " + text[end:].lstrip(" .,;/")
    return probability, impact, text.strip()


def _two_levels(text: str) -> tuple[str, str] | None:
    """`probabilidad media, impacto alto`, `baja / alto`, `high`, `P: high / I: medium`: nothing but names and levels."""
    halves = re.split(r"[,/;·|]", text)
    if len(halves) > 3 or not halves:
        return None
    named: dict[str, str] = {}
    plain: list[str] = []
    for half in halves:
        words = _WORD.findall(fold(half))
        level = (
            next((level_in(word, True) for word in reversed(words) if len(words) < 2 or not RISK_KEYS.whole(word)), "")
            if words
            else ""
        )
        if not level or len(words) > 4:
            return None
        name = next((meaning for word in words if (meaning := RISK_KEYS.whole(word)) in ("probability", "impact")), "")
        if name:
            named[name] = level
        else:
            plain.append(level)
    if not named and len(plain) != 2:
        return None
    if not named:
        return "high" if plain[0] == "critical" else plain[0], plain[1]
    other = plain[0] if plain else ""
    return named.get("probability", other), named.get("impact", other)


def _measures(text: str) -> list[str]:
    short = text.strip()
    return [] if short in ("", "-", "–", "—", "n/a") else parts(short)
