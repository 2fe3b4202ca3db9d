"""Quantities told in words, put in digits: `half an hour`, `eine Viertelstunde`, `9 in 10 people`, `half of the shops`."""

from __future__ import annotations

import re

from tminus.importer.numbers import LOOKED_AT
from tminus.importer.words_numbers import NUMBER_WORDS

_HALF_HOUR = (
    r"half an hour|half-hour|(?:einer?\s)?halben?\sstunde|(?:une\s)?demi-heure|(?:una\s)?media hora|(?:uma\s)?meia[-"
    r" ]hora"
    r"|(?:una\s)?mezz['’]?\s?ora|een half uur|yarım saat|pół godziny"
)
_QUARTER_HOUR = (
    r"(?:a\s)?quarter of an hour|(?:einer?\s)?viertelstunde|un quart d['’]heure|un cuarto de hora|um quarto de hora"
    r"|un quarto d['’]ora|een kwartier|çeyrek saat|kwadrans"
)
_HALF_SECOND = (
    r"half a second|(?:einer?\s)?halben?\ssekunde|(?:une\s)?demi-seconde|medio segundo|meio segundo|mezzo secondo"
    r"|een halve seconde"
    r"|yarım saniye|pół sekundy"
)
_HALF_DAY = (
    r"half a day|(?:einen?m?\s)?halben\stage?|(?:une\s)?demi-journée|medio día|meio dia|mezza giornata|een halve dag"
)
_SPANS = re.compile(rf"(?<!\w)(?:({_HALF_HOUR})|({_QUARTER_HOUR})|({_HALF_SECOND})|({_HALF_DAY}))(?!\w)", re.IGNORECASE)
_WRITTEN = ("30 minutes", "15 minutes", "0.5 s", "12 h")
_SPAN_HINT = re.compile(
    "half|halb|halv|hälft|moitié|mitad|metad|metà|helft|połow|demi|medi[ao] |mei[ao]|mezz|yarım|pół |quart|kwart"
    "|kwadr|çeyrek|viertel|cuarto",
    re.IGNORECASE,
).search
# `for an hour`, `within a day`: one of it. `twice a day` has no such word before it.
_ONE = re.compile(
    r"(?<!\w)(for|over|within|under|below|inside|than|lasts?)\s(?:an?|one)\s(hour|minute|day|week|second)(?!\w)",
    re.IGNORECASE,
)
_HALF_OF = re.compile(
    r"(?<![\w-])(?:half (?:of )?(?=(?:of |the |all |our |new )\w)|(?:die )?hälfte (?=(?:der|des|aller) )|la moitié"
    r" (?=(?:des|de|du) )"
    r"|la mitad (?=(?:de|del) )|(?:a )?metade (?=(?:dos|das|de) )|la metà (?=(?:dei|degli|delle|di) )|de helft"
    r" (?=van )|połowa )",
    re.IGNORECASE,
)
_COUNTS = {word: int(number) for word, number in NUMBER_WORDS.items() if number > 1} | {"one": 1, "a hundred": 100}
_WORDS = "|".join(sorted(_COUNTS, key=len, reverse=True))
_OUT_OF = re.compile(
    rf"(?<![\w.,/])(\d{{1,3}}|{_WORDS})\s(in|out of|of|von|sur|de cada|em cada|su|van de|op de|na)\s(?:every\s)?"
    rf"(3|4|5|10|20|50|100|200|500|1000|{_WORDS})(?=\s[^\W\d_]{{3}})",
    re.IGNORECASE,
)
# `more than one` is an idiom; `at most one` is a number.
_AT_MOST_ONE = re.compile(
    r"(?<!\w)(no more than|not more than|at most|höchstens|maximal|au plus|como máximo|no más de|no máximo|al"
    r" massimo|non più di"
    r"|hooguit|ten hoogste|niet meer dan|en fazla|najwyżej)\s(?:one|a single|eine?n?|une?|un[oa]|uma?|één|een|bir"
    r"|jede?na?)(?=\s)",
    re.IGNORECASE,
)
_MOST_HINT = re.compile("mo[rs]|mass|máx|más|höchst|maxim|plus|più|meer|hoog|fazla|najw", re.IGNORECASE).search
_SUR = re.compile(
    rf"(?<![\w.,/])(\d{{1,3}}|{_WORDS})\s([^\W\d_]{{3,20}})\ssur\s(\d{{1,4}}|{_WORDS})(?![\w.,])", re.IGNORECASE
)
_ONES = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_PERCENT = re.compile(
    rf"(?<!\w)({_ONES})\s(?:percent|per cent|prozent|pour cent|por ciento|por cento|per cento|percento|procent)(?!\w)",
    re.IGNORECASE,
)
_YUZDE = re.compile(rf"(?<!\w)yüzde\s(\d{{1,3}}(?:[.,]\d{{1,3}})?|{_ONES})(?!\w)", re.IGNORECASE)
_PERCENT_HINT = re.compile("cent|zent|cient|yüzde", re.IGNORECASE).search
_OUT_HINT = re.compile(r"\s(?:in|of|von|sur|cada|su|de|na)\s", re.IGNORECASE).search
_LOOSELY = ("of", "na", "von", "su")  # `3 of 5 stores` counts stores
_WHOLES = (3, 4, 5, 10, 20, 50, 100, 200, 500, 1000)


def with_digits(text: str) -> str:
    """The part of a line that is looked at, its spans and shares in digits: `for 30 minutes`, `90% of people`."""
    if len(text) > LOOKED_AT:
        text = text[:LOOKED_AT]
    if _SPAN_HINT(text):
        text = _SPANS.sub(_span, text)
        text = _HALF_OF.sub("50% ", text)
    if " a" in text or " one " in text:
        text = _ONE.sub(r"\1 1 \2", text)
    if _MOST_HINT(text):
        text = _AT_MOST_ONE.sub(r"\1 1", text)
    if _PERCENT_HINT(text):
        text = _PERCENT.sub(lambda found: f"{_number(found[1])}%", text)
        text = _YUZDE.sub(lambda found: f"{_number(found[1])}%", text)
    if _OUT_HINT(text):
        text = _SUR.sub(_share_of, _OUT_OF.sub(_share, text))
    return text


def _number(said: str) -> str:
    return f"{NUMBER_WORDS[said.lower()]:g}" if said.lower() in NUMBER_WORDS else said


def _share_of(found: re.Match[str]) -> str:
    """`trois clients sur quatre`."""
    part, whole = (_COUNTS.get(said.lower()) or int(said) for said in (found[1], found[3]))
    return f"{part * 100 / whole:g}% des {found[2]}" if part < whole and whole in _WHOLES else found[0]


def _span(found: re.Match[str]) -> str:
    return next(written for at, written in enumerate(_WRITTEN, start=1) if found[at])


def _share(found: re.Match[str]) -> str:
    """`9 in 10 people` is 90 % of them; `15 of 10` and `3 of 5 stores` are no shares."""
    part, whole = (_COUNTS.get(said.lower()) or int(said) for said in (found[1], found[3]))
    loose = found[2].lower() in _LOOSELY and found[1].isdigit()
    if part >= whole or whole not in _WHOLES or (loose and (whole < 10 or 2 * part < whole)):
        return found[0]
    return f"{part * 100 / whole:g}% of"
