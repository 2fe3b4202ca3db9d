"""What a section speaks of: by its own words, and by what stands in it. Headings mislead; clear content decides."""

from __future__ import annotations

import re
from functools import lru_cache

from tminus.importer.evidence import topic_of_lead
from tminus.importer.evidence_lists import topic_of_items
from tminus.importer.evidence_matrix import has_two_sides
from tminus.importer.evidence_tables import topic_of_cells
from tminus.importer.page import Block, Kind
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import (
    TOPIC_CHANNEL,
    TOPIC_METRIC_COLUMN,
    TOPIC_PHASE_COLUMN,
    TOPIC_SHARE_COLUMN,
    TOPIC_TARGET_COLUMN,
    TOPIC_TIME_COLUMN,
    words,
)
from tminus.importer.words_sections import names as names_of
from tminus.importer.words_topics import PHRASES

_WORD = re.compile(r"[^\W_](?:[\w./'&-]*\w)?|\.env")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LOOKED_AT = 160  # characters of a heading that name its topic
_NAME_VALUE = re.compile(r"(?:export\s+)?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\s*=")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}|(?:^|\s)\d+d$|after \w")
_LEVEL = re.compile(
    r"(?:level|ebene|stufe|niveau|nivel|livello|seviye|poziom|tier|escalation|eskalationsstufe|l)\s?\d\b"
)

_INDEX: dict[str, list[tuple[str, bool, Topic]]] = {}
for _topic, _text in PHRASES.items():
    for _phrase in (" ".join(one.split()) for one in _text.split(",")):
        if _phrase:
            _whole = _phrase.endswith(".")
            _INDEX.setdefault(_phrase[:3], []).append((_phrase.removesuffix("."), _whole, _topic))

# Where two topics are named, the one that says what the other is about gives way: a checklist of risks is a list of tasks,
# but a schedule of alerts tells of alerts.
_WEAK = frozenset({Topic.NOTES, Topic.MEASURES, Topic.TASKS, Topic.TIMELINE, Topic.PHASES, Topic.AUDIENCE, Topic.LATER})
_WEIGHT = {Topic.NOTES: 0.7}


@lru_cache(maxsize=4096)
def topic_of(words: str) -> Topic | None:
    """The topic that a heading or a label names, or None. The longest phrase decides; of equals the later."""
    text = fold(_CAMEL.sub(" ", words[:_LOOKED_AT])).replace("’", "'")
    best: tuple[float, int] = (0.0, 0)
    topic: Topic | None = None
    for word in _WORD.finditer(text):
        begin = word.start()
        for phrase, whole, meaning in _INDEX.get(text[begin : begin + 3], ()):
            if not text.startswith(phrase, begin):
                continue
            end = begin + len(phrase)
            if whole and end < len(text) and (text[end].isalnum() or text[end] == "_"):
                continue
            score = (len(phrase) * _WEIGHT.get(meaning, 1.0), begin)
            if score > best:
                best, topic = score, meaning
    return topic_of_lead(words, topic)


_COLUMNS: tuple[tuple[Topic, tuple[str, ...], tuple[str, ...]], ...] = (
    # topic, one of these begins a column's name, and one of those does
    (
        Topic.RISKS,
        words("risk risiko risque riesgo risco rischi ryzyk threat"),
        words(
            "probab likelih impact mitig eintritt wahrschein auswirk gegenmass vraisembl gravite impacto impatto "
            "kans gevolg wplyw olasilik etki p i severity prawdopod onlem"
        ),
    ),
    (
        Topic.ESCALATION,
        words("level ebene stufe niveau nivel livello seviye poziom tier escalation"),
        words("who wer contact qui quien quem chi wie kim kto after from ab role person name response"),
    ),
    (
        Topic.ALERTS,
        words("severity alert gravite schwere gravedad gravidade gravita ernst onem waznosc alarm priority"),
        words(
            "condition threshold bedingung schwell seuil umbral limiar condic condiz soglia drempel voorwaarde "
            "warunek prog kosul esik signal channel fires when notif sent wann quand cuando quando wanneer kiedy"
        ),
    ),
    (
        Topic.TRIGGERS,
        words("trigger auslos declench disparador gatilho tetik wyzwal"),
        words("threshold condition action schwell seuil umbral limit"),
    ),
    (Topic.TRIGGERS, words("signal metric indicator"), words("bad_when roll_back rollback abort")),
    (
        Topic.TASKS,
        words("done task item aufgabe tache tarea tarefa attivita taak gorev zadanie what step todo checklist_item"),
        words(
            "owner status prio due assignee who estimate verantwort zustand responsab eigenaar sorumlu odpowied "
            "wer frist done"
        ),
    ),
    (
        Topic.BUDGET,
        words(
            "cost kosten cout coste costo custo amount montant betrag importe valor importo bedrag maliyet tutar "
            "koszt kwota budget monthly price"
        ),
        words(
            "component item poste posten service concepto category kategorie low high per option resource voce "
            "onderdeel kalem pozycja partida"
        ),
    ),
)


def column(header: tuple[str, ...], begins: tuple[str, ...]) -> int:
    """The first column whose name begins with one of `begins` (a single letter: is it); -1 if there is none."""
    for at, name in enumerate(header):
        folded = _folded(name)
        if any(folded == one if len(one) < 3 else folded.startswith(one) for one in begins):
            return at
    return -1


@lru_cache(maxsize=1024)
def _folded(name: str) -> str:
    return fold(name.strip())


def has(header: tuple[str, ...], begins: tuple[str, ...]) -> bool:
    """Whether a column's name, or a word of it, begins with one of `begins`."""
    return any(_begins(name, begins) for name in header)


@lru_cache(maxsize=4096)
def _begins(name: str, begins: tuple[str, ...]) -> bool:
    folded = _folded(name)
    return any(
        word == one if len(one) < 3 else word.startswith(one) for word in (folded, *folded.split()) for one in begins
    )


@lru_cache(maxsize=512)
def topic_of_table(header: tuple[str, ...]) -> Topic | None:
    """What a table with such columns lists, or None where its columns do not say it."""
    if has(header, TOPIC_PHASE_COLUMN) and has(header, TOPIC_TIME_COLUMN) and not _names_metrics(header):
        return Topic.STAGES if has(header, TOPIC_SHARE_COLUMN) and not has(header, ("phase",)) else Topic.TIMELINE
    for topic, first, second in _COLUMNS[:2]:
        if column(header, first) >= 0 and has(header, second):
            return topic
    if (
        len(header) > 1
        and has(header, TOPIC_SHARE_COLUMN)
        and not has(header, TOPIC_METRIC_COLUMN)
        and not has(header, ("price", "precio", "preis", "prix", "cost", "coste"))
    ):
        return Topic.STAGES
    if has(header, TOPIC_METRIC_COLUMN) and has(header, TOPIC_TARGET_COLUMN) and column(header, ("trigger",)) < 0:
        return None if has(header, ("action", "severity")) else Topic.TARGETS
    for topic, first, second in _COLUMNS[2:]:
        if column(header, first) >= 0 and any(
            has((name,), second) for at, name in enumerate(header) if at != column(header, first)
        ):
            return topic
    if "goal" in map(_folded, header) or (
        has(header, ("ziel", "target")) and has(header, ("now", "baseline", "today", "heute", "aujourd"))
    ):
        return Topic.TARGETS
    return None


def _names_metrics(header: tuple[str, ...]) -> bool:
    """Whether a column names what is measured; `Exit criteria` of a phase names no metric."""
    return any(_begins(name, TOPIC_METRIC_COLUMN) and topic_of(name) is not Topic.CRITERIA for name in header)


_OPEN = frozenset({None, Topic.NOTES, Topic.MEASURES, Topic.FACTS})  # what the items of a list may say better


def topic_of_content(block: Block) -> Topic | None:
    """What a fence or a section clearly holds, whatever its heading says: by what stands right in it."""
    children = block.children
    if block.kind is Kind.FENCE:
        return _topic_of_fence(block)
    if not children:
        return None
    rows = [child for child in children if child.kind is Kind.ROW]
    if rows and 2 * len(rows) >= len(children) and rows[0].header:
        if has_two_sides(rows[0].header) and topic_of_table(rows[0].header) in (None, Topic.TRIGGERS):
            return Topic.CRITERIA
        named = topic_of_table(rows[0].header)
        if named is Topic.STAGES and _shares_of_a_whole(rows):
            return None
        return named or topic_of_cells(rows[0].header, rows, block.text)
    if (listed := topic_of_items(block)) is not None and topic_of(block.text) in _OPEN:
        return listed
    levels = sum(bool(_LEVEL.match(fold(child.label[:40]))) for child in children if child.label)
    if levels > 1 and 2 * levels >= len(children) and not fold(block.text).startswith(("bug", "support", "customer")):
        return None if topic_of(block.text) is Topic.SUPPORT else Topic.ESCALATION
    channels = sum(fold(child.label[:20]).strip() in TOPIC_CHANNEL for child in children if child.label)
    if channels > 1 and 2 * channels >= len(children):
        return Topic.CHANNELS
    return None


_PER_CENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?) ?%")


def _shares_of_a_whole(rows: list[Block]) -> bool:
    """Shares that do not rise row by row and make up a hundred per cent are how something is parted, and no rollout."""
    for at in range(len(rows[0].cells)):
        found = [_PER_CENT.fullmatch(row.cells[at].strip()) for row in rows[:40] if at < len(row.cells)]
        shares = [float(one[1].replace(",", ".")) for one in found if one is not None]
        if len(shares) > 2 and len(shares) == len(found) and sorted(shares) != shares:
            return 98 <= sum(shares) <= 102
    return False


def _topic_of_fence(block: Block) -> Topic | None:
    language = (block.fence or "").strip().lower()
    first = [child for child in block.children[:40] if child.text or child.label]
    if not first:
        return None
    # A comment at the top of a fence heads what follows it, so keys may stand one step deeper.
    keys = [*first, *(inner for child in first if child.kind is Kind.HEADING for inner in child.children[:40])]
    names = {fold(child.label or child.text).strip(" :\"'{") for child in keys}
    start = first[0].text.strip().lower()
    if language in ("mermaid", "gantt") or start == "gantt":
        chart = (
            start.startswith("gantt")
            or language == "gantt"
            or "dateformat" in names
            or any(_DATED.search(one.value) for one in _some(block))
        )
        return Topic.TIMELINE if chart else Topic.NOTES
    if language in ("sh", "bash", "shell", "console", "env", "dotenv", "zsh", "ini", "properties", ""):
        assigned = sum(bool(_NAME_VALUE.match(child.text)) for child in first)
        told = sum(child.kind is not Kind.TEXT for child in first)
        if assigned and 2 * assigned >= max(told, 1):
            return Topic.VARIABLES
    if language in ("yaml", "yml", "json", "javascript", "typescript", "js", "ts", ""):
        if "services" in names and any(
            fold(one.label or one.text).startswith(("image", "healthcheck", "build", "ports")) for one in _some(block)
        ):
            return Topic.SERVICES
        if "phases" in names:
            return Topic.PHASES
        if "jobs" in names and "on" in names:
            return Topic.COMMANDS
        if _lists_rules(block):
            return Topic.ALERTS
        if _lists_shares(block):
            return Topic.STAGES
    if language == "sql":
        return Topic.COMMANDS
    return None


_SHARE = re.compile(
    r"[\"']?(?:traffic|share|percent(?:age)?|rollout|weight|anteil|trafic|trafico|exposure|users|setweight)[\"']?\s*[:=]"
    r"\s*[\"']?(\d{1,3}(?:\.\d+)?)\s?%?",
    re.IGNORECASE,
)


_CONDITION_KEYS = names_of("expr expression condition threshold above below when")
_TELLING_KEYS = names_of("severity level for labels notify channels channel to route receiver receivers")


def _lists_rules(block: Block) -> bool:
    """Objects side by side that each compare something and say how bad it is, for how long, or who is told."""
    found = 0
    for one in _some(block):
        if one.kind is Kind.ITEM and one.label:
            keys = {fold(child.label or child.text).strip(" :\"'") for child in one.children}
            found += bool(keys & _CONDITION_KEYS) and bool(keys & _TELLING_KEYS)
    return found > 1


_PAUSE = re.compile(r"pause\b|wait\b|analysis\b", re.IGNORECASE)


def _lists_shares(block: Block) -> bool:
    """Objects side by side whose shares rise: `{ day: 1, traffic: "10%" }, { day: 3, traffic: "35%" }`."""
    for one in _some(block):
        items = [child for child in one.children if child.kind is Kind.ITEM and not _PAUSE.match(child.text)]
        found = [_SHARE.search(child.text[:200]) for child in items]
        shares = [float(match[1]) for match in found if match is not None]
        if len(shares) > 1 and len(shares) == len(found) and sorted(set(shares)) == shares and shares[-1] <= 100:
            return True
    return False


def _some(block: Block) -> list[Block]:
    found: list[Block] = []
    for one in block.walk():
        found.append(one)
        if len(found) > 200:
            break
    return found
