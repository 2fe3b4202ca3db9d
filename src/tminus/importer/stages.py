"""The steps of a rollout: items, rows, objects, `5 -> 15 -> 50`, and audiences that the page names without a share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tminus.importer.boxes import Giving, read_box
from tminus.importer.classify import has
from tminus.importer.countries import countries_in, regions_of
from tminus.importer.draft import Phase, Stage
from tminus.importer.extract_common import flow_list, flow_map
from tminus.importer.naming_phases import lasts_of, split_bracket
from tminus.importer.naming_stages import title_of_key
from tminus.importer.numbers import read_number
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_people, read_share, read_span, read_weektime
from tminus.importer.sections import Section
from tminus.importer.stage_ramps import lasts_of_each, times_of_shares
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import (
    STAGE_FEATURE_COLUMN,
    STAGE_GO_COLUMN,
    STAGE_LASTS_COLUMN,
    STAGE_LASTS_KEYS,
    STAGE_NO_APPROVER,
    STAGE_REGION_COLUMN,
    STAGE_REGION_KEYS,
    STAGE_SHARE_COLUMN,
    STAGE_SHARE_KEYS,
    STAGE_TIME_COLUMN,
    STAGE_TIME_KEYS,
    STAGE_TITLE_COLUMN,
    STAGE_WHO_COLUMN,
)

_PERCENT = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[.,]\d{1,3})?)\s?(?:%|per\s?cent\b|percent\b|prozent\b|procent\b"
    r"|pour cent\b|por ciento\b|por cento\b|per cento\b)",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\s*(?:->|→|⇒|=>|➜|➔|>|›)\s*")
_CHAIN = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?\s?%?(?:\s*(?:->|→|⇒|=>|➜|➔)\s*\d{1,3}(?:[.,]\d{1,2})?\s?%?){2,12}")
_RAMP = re.compile(
    r"(?:\d{1,3}(?:[.,]\d{1,2})?\s?%(?:\s?\([^()%]{1,30}\))?(?:\s*(?:,|;|/|then|dann|puis|luego|und|and|et|y|e|en|ve"
    r"|i)\s*){1,2}){2,12}\d{1,3}(?:[.,]\d{1,2})?\s?%"
)
_BARE_RAMP = re.compile(r"(?<![\w.,])(?:\d{1,2}\s?%?\s?[,/]\s?){2,12}100\s?%")  # `1, 2, 5, 10, 20, 50, 100%`
_FEATURE_KEYS = ("features", "feature", "funktionen", "fonctionnalites", "scope")
_ALL_KEYS = (STAGE_SHARE_KEYS, STAGE_REGION_KEYS, _FEATURE_KEYS, STAGE_LASTS_KEYS, STAGE_TIME_KEYS)


def chain_of(text: str) -> list[float]:
    """The shares of `5% -> 15% -> 50%` or `1%, 10%, 50%`; empty where a line has no such ramp."""
    short = text[:400]
    found = (
        _CHAIN.search(short) if ">" in short or "→" in short or "⇒" in short or "➜" in short or "➔" in short else None
    )
    parts = _ARROW.split(found[0]) if found else []
    if not found and short.count("%") > 2:
        ramp = _RAMP.search(short)
        parts = [one[0] for one in _PERCENT.finditer(ramp[0])] if ramp else []
    if not parts and "100" in short and (bare := _BARE_RAMP.search(short)):
        parts = re.findall(r"\d{1,3}", bare[0])
    if not parts and (bare := _BARE_RAMP.search(short)) is not None:
        parts = re.split(r"[,/]", bare[0])
    if not parts and short.count("%") > 2 and not _COMPARED.search(short):
        parts = _loose_ramp(short)
    shares = [read_number(part.strip(" %"))[0] / 100 for part in parts if part.strip(" %")]
    rising = all(0 < one <= 1 for one in shares) and sorted(set(shares)) == shares
    return shares if len(shares) > 2 and rising else []


_COMPARED = re.compile(
    r"[<>≤≥+]|\b(?:target|goal|at least|at most|below|above|under|over|more|less|from|von|unter"
    r"|mindestens|mas|menos|plus|moins)\b",
    re.IGNORECASE,
)


def _loose_ramp(text: str) -> list[str]:
    """`10% on Monday, 50% on Wednesday, 100% on Friday`: shares up to everybody, with few words between them."""
    found = list(_PERCENT.finditer(text))
    near = all(after.start() - one.end() < 40 for one, after in pairwise(found))
    timed = len(times_of_shares(text)) == len(found)
    return [one[0] for one in found] if found and near and (timed or found[-1][1] == "100") else []


_BARE_RAMP = re.compile(r"(?<![\d.,])\d{1,2}(?:, \d{1,2}){1,10}(?:,| and|,? und|,? et|,? y|,? e|,? en) 100 ?%")


def read_chain(text: str, line: int) -> list[Stage]:
    """A stage for every member of a ramp in one line; `two to three days each` holds for all of them."""
    lasts = lasts_of_each(text)
    shares = chain_of(text)
    times = times_of_shares(text)
    if shares and len(times) == len(shares):
        return [
            Stage(line, f"{time}: {share * 100:g}%", share=share, lasts=lasts)
            for time, share in zip(times, shares, strict=True)
        ]
    return [Stage(line, f"{share * 100:g}%", share=share, lasts=lasts) for share in chain_of(text)]


def read_stage_line(block: Block) -> Stage | None:
    """`Day 1: 10 % of the traffic, France only`; None where the line names no share."""
    text = block.text
    share = read_share(block.value or text) if block.label else read_share(text)
    if share is None:
        share = read_share(text)
    if share is None:
        return None
    single = list(_PERCENT.finditer(text)) if text.count("%") == 1 else []
    if len(single) == 1:  # the number before the sign, whatever other numbers stand around it
        share = min(read_number(single[0][1])[0] / 100, 1.0)
    stage = Stage(block.line, text.strip(" ."), share=share)
    headed = _HEADED.fullmatch(text[:200]) if not block.label else None
    _times(stage, headed[1] if headed else block.label, headed[2] if headed else block.value or text)
    return stage


def _times(stage: Stage, label: str, text: str) -> None:
    stage.lasts = lasts_of(label) or lasts_of(text)
    stage.starts = _start_of(label) or _start_of(text)
    bracket = [part.strip() for part in split_bracket(text)[1].split(",")] if text.rstrip().endswith(")") else []
    audience = re.search(r"(?:of|der|des|dos|degli|van de|de la|de los|de)\s+([^,.;()]{3,60})", text[:200])
    if audience and "%" in text[: audience.start() + 1]:
        stage.audience = [audience[1].strip()]
    if not stage.regions and label and countries_in(label):
        stage.regions = split_names(label)
    if not stage.regions and _PERCENT.fullmatch(label.strip()):
        place = _WHOLE.sub("", text.strip(" ."), count=1).strip()
        stage.regions = split_names(place) if _is_place(place) else []
    if not bracket and "," in text:
        tail = _WHOLE.sub("", text.split(",", 1)[1].strip(" ."), count=1)
        tail = _PROVINCE.sub("", tail, count=1).strip()
        if _is_place(tail):
            stage.regions = split_names(tail)


_PLACE = re.compile(
    r"[A-ZÀ-Ý][\w-]+(?:(?:,| and| und| et| y| e| en| ve| i| &)\s[A-ZÀ-Ý][\w-]+)*(?:\s(?:only"
    r"|seulement|solamente|nur|apenas|soltanto|alleen))?"
)


def _is_place(text: str) -> bool:
    return bool(_PLACE.fullmatch(text)) and len(text) < 80


_PROVINCE = re.compile(
    r"(?:the )?(?:provin\w+|region\w*|citt\w|city|stadt|ville|ciudad|cidade) (?:di|de|of|von|d['’])\s?", re.IGNORECASE
)
_HEADED = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?\s?%)\s*(?::|\s[–—-])\s+(.+)", re.DOTALL)  # `40%: all of Tuscany`
_WHOLE = re.compile(
    r"(?:all of|the whole of|all|whole|ganz|gesamt|toute? (?:la|le|l['’])|tout|toda?s? (?:la|el|o|a)|"
    r"tutt[ao] (?:la |il |l['’]|)|heel|hele|"
    r"cal[ay]|cała|cały|tüm|only|solo|nur|seulement)\s?",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,|;|\s&\s|\s(?:and|und|et|y|e|en|ve|i)\s)\s*")
_ONLY = re.compile(r"\s+(?:only|seulement|solamente|nur|apenas|soltanto|alleen|inteira|inteiro)\s*$", re.IGNORECASE)


def split_names(text: str) -> list[str]:
    """`FI, EE and SE only` as its three names."""
    inside = text.strip().rstrip(",").strip("[](){} ")
    names = [_ONLY.sub("", part).strip(" \"'.") for part in _AND.split(inside)]
    return [name for name in names if name and name not in ("-", "–", "—")]


def _start_of(text: str) -> str:
    short = text[:120]
    return read_weektime(short) if short else ""


def read_stage_section(section: Section, giving: Giving) -> Stage:
    """A stage that is a heading: its share in its title or among its fields, what is beneath as its tasks."""
    title, bracket = split_bracket(section.title)
    stage = Stage(section.block.line, title)
    stage.share = read_share(bracket) if bracket else None
    if stage.share is None:
        stage.share = read_share(section.title)
    stage.lasts = lasts_of(section.title)
    weekday = _start_of(bracket) or _start_of(title)
    fields, rest = stage_fields(_flat(section))
    clock = apply_fields(stage, fields)
    if weekday and clock:
        stage.starts = read_weektime(f"{weekday.split(' ')[0]} {clock}") or f"{weekday} {clock}"
    else:
        stage.starts = stage.starts or weekday
    stage.boxes = [read_box(block, giving) for block in rest if block.kind is Kind.ITEM]
    if bracket and stage.share is not None and not stage.audience:
        of = bracket.partition("of ")[2]
        stage.audience = [of.strip()] if of.strip() else []
    return stage


def _flat(section: Section) -> list[Block]:
    """The blocks of a section and of the fences right in it."""
    found: list[Block] = []
    for part in section.parts:
        if isinstance(part, Block):
            found.append(part)
        elif part.block.kind is Kind.FENCE:
            found.extend(part.blocks)
    return found


_PER_CENT = ("percent", "percentage", "prozent", "pourcentage", "porcentaje", "porcentagem", "percentuale", "weight")
_BARE = re.compile(r"\d{1,3}(?:\.\d{1,3})?")
Fields = dict[int, tuple[Block, str]]  # by the index in _ALL_KEYS: the block and its value


def stage_fields(blocks: list[Block]) -> tuple[Fields, list[Block]]:
    """The fields of a stage among `blocks`, and the blocks that are none."""
    fields: Fields = {}
    rest: list[Block] = []
    for block in blocks:
        label = fold((block.label or block.text)[:40]).strip(" :\"'")
        where = next((at for at, keys in enumerate(_ALL_KEYS) if label in keys), -1)
        if where < 0 or where in fields or block.kind is Kind.ROW:
            rest.append(block)
        else:
            fields[where] = (block, block.value or ", ".join(child.text for child in block.children))
    return fields, rest


def apply_fields(stage: Stage, fields: Fields) -> str:
    """Fill a stage from its fields; gives back the clock time, which may belong to a weekday told elsewhere."""
    for at, (block, value) in fields.items():
        if block.line != stage.line:
            stage.lines.append(block.line)
        if at == 0:
            share = read_share(value)
            if share is None and _BARE.fullmatch(value.strip()) and fold(block.label) in _PER_CENT:
                share = min(float(value) / 100, 1.0)
            stage.share = stage.share if share is None else share
            of = value.partition(" of ")[2].strip(" .\"'")
            if of or share is None:
                stage.audience = [of or value.strip()]
        elif at == 1:
            stage.regions = split_names(value)
        elif at == 2:
            stage.features = flow_list(value) if "[" in value else split_names(value)
        elif at == 3:
            stage.lasts = read_span(value) or value
    return fields[4][1].strip() if 4 in fields else ""


def read_object_stage(title: str, block: Block) -> Stage | None:
    """`tuesday: { traffic: "40%", regions: [...] }`, on one line or with its fields beneath; None without a share."""
    inline = flow_map(block.text) or flow_map(block.value)
    source = [Block(Kind.PAIR, block.line, f"{key}: {value}", label=key, value=value) for key, value in inline.items()]
    own = [block] if block.kind is Kind.ITEM and block.label and not source else []
    fields, _ = stage_fields(
        source or own + [child for child in block.children if child.kind in (Kind.PAIR, Kind.HEADING)]
    )
    if not fields or (0 not in fields and 1 not in fields):
        return None
    title = title_of_key(title) if title else _title_of_fields(source or [*own, *block.children])
    stage = Stage(block.line, title)
    clock = apply_fields(stage, fields)
    stage.starts = read_weektime(f"{title} {clock}".strip()) if title else ""
    if not title:
        stage.title = f"{stage.share * 100:g}%" if stage.share is not None else ", ".join(stage.regions)
    return stage if stage.share is not None or stage.regions else None


def share_column(rows: list[Block]) -> int:
    """The column whose cells are shares that rise row by row up to everybody, whatever its name says; -1 if none is."""
    for at in range(len(rows[0].cells) if len(rows) > 1 else 0):
        cells = [row.cells[at].strip() if at < len(row.cells) else "" for row in rows]
        shares = [read_share(cell) if _PERCENT.fullmatch(cell) else None for cell in cells]
        known = [share for share in shares if share is not None]
        if len(known) == len(cells) and known[-1] == 1.0 and sorted(set(known)) == known:
            return at
    return -1


_COUNTED = re.compile(r"(?:[^\W\d_]{2,12}\s?)?#?\d{1,2}")


def _names_people(cell: str) -> bool:
    """Whether a cell has words and no number that is compared or measured."""
    return (
        sum(letter.isalpha() for letter in cell) > 3 and not any(sign in cell for sign in "<>≤≥=%") and len(cell) < 80
    )


_NAMING_KEYS = (
    "name", "title", "stage", "label", "step", "ring", "wave", "phase", "cohort", "nom", "nombre", "nome", "naam", "stufe",
    "etape", "etapa", "fase", "stap", "asama", "etap",
)  # fmt: skip
_COUNTING = ("day", "week", "hour", "step", "stage", "tag", "jour", "dia", "stufe", "etape", "paso")


def _title_of_fields(fields: Sequence[Block]) -> str:
    """`name: canary` as Canary, `day: 3` as Day 3; empty where no field names the stage."""
    for one in fields:
        label, value = fold(one.label[:20]).strip(" \"'"), one.value.strip(" \"',")
        if label in _NAMING_KEYS and value and not value.isdigit():
            return title_of_key(value)
        if label in _COUNTING and value.isdigit():
            return f"{label.capitalize()} {value}"
    return ""


def read_row_stage(row: Block, share_at: int = -1) -> Stage | None:
    """A row of a table with shares; None where its share is empty. `share_at` is the column of shares, where it is known."""
    stage = Stage(row.line, "")
    time = ""
    for at, (name, cell) in enumerate(zip(row.header, (cell.strip() for cell in row.cells), strict=False)):
        if not cell or cell in ("-", "–", "—"):
            continue
        one = (name,)
        if fold(name[:40]).strip(" ?:") in STAGE_GO_COLUMN:
            _add_go(stage, name, cell)
        elif at == share_at:
            stage.share = read_share(cell)
        elif (
            share_at < 0
            and has(one, STAGE_SHARE_COLUMN)
            and stage.share is None
            and (share := read_share(cell)) is not None
        ):
            stage.share = share
        elif has(one, STAGE_REGION_COLUMN):
            stage.regions = split_names(cell)
        elif has(one, STAGE_FEATURE_COLUMN):
            stage.features = split_names(cell)
        elif has(one, STAGE_LASTS_COLUMN):
            stage.lasts = read_span(cell)
        elif has(one, STAGE_TIME_COLUMN):
            time = f"{name} {cell}"
            stage.starts = _start_of(cell)
            stage.lasts = stage.lasts or (lasts_of(time) if not has(one, ("date", "datum", "start", "clock")) else "")
        elif has(one, STAGE_WHO_COLUMN) and len(cell) > 1:
            _add_who(stage, cell)
        elif has(one, STAGE_TITLE_COLUMN) and not stage.title:
            stage.title = cell
        elif not stage.lasts and cell[0].isdigit() and read_span(cell):
            stage.lasts = read_span(cell)
        elif at == 1 and not stage.audience and _COUNTED.fullmatch(stage.title) and _names_people(cell):
            stage.audience = [cell]  # `Wave 1 | Two pilot schools | 4%`: what stands between the number and the share
    stage.title = _row_title(row, stage, time)
    return stage if stage.share is not None or (share_at < 0 and stage.regions and (stage.starts or time)) else None


def _add_go(stage: Stage, name: str, cell: str) -> None:
    """Take who says go; a rule or a state in that column is a note of the stage."""
    if _names_people(cell) and fold(cell) not in STAGE_NO_APPROVER and not any(letter.isdigit() for letter in cell):
        stage.roles.append(cell)
    else:
        stage.notes.append((stage.line, f"{name}: {cell}"))


def _add_who(stage: Stage, cell: str) -> None:
    """Take an audience: by the places that it names, or as a cohort."""
    places = regions_of(cell)
    if places:
        stage.regions = stage.regions or places
    elif len(cell) > 2 or cell.isalpha():
        stage.audience = [cell]


def _row_title(row: Block, stage: Stage, time: str) -> str:
    if len(stage.title) > 2 and not stage.title.isdigit():
        return stage.title
    named = (
        stage.audience
        or [
            cell.strip()
            for name, cell in zip(row.header, row.cells, strict=False)
            if has((name,), STAGE_REGION_COLUMN) and cell.strip()
        ]
        or [cell.strip() for cell in row.cells if cell.strip(" +&*")[:1].isalpha() and len(cell.strip()) > 2][:1]
    )
    words = f"{row.header[0]} {stage.title}" if stage.title and row.header else time
    return " ".join(part for part in (words, ", ".join(named)) if part) or f"{(stage.share or 0) * 100:g}%"


def audience_stage(phase: Phase, line: int, text: str) -> Stage:
    """A stage by audience: `Target: Internal team and beta users (50-100 users)`."""
    people = read_people(text)
    return Stage(line, text.rstrip("."), share=read_share(text), audience=[text.rstrip(".")], people=people, lasts="")
