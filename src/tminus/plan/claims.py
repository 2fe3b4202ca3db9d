"""Claims about an experiment, a form of criterion: `variant green of checkout-button is not worse on retention by 2%`.

    variant ARM of EXPERIMENT is (better | worse | not worse) on METRIC [by CHANGE%] [for DURATION]

CHANGE is relative to the control: at least that much better or worse, or no more than that much worse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from tminus.plan.quantity import Dimension, parse_quantity

FORM = "variant ARM of EXPERIMENT is not worse on METRIC"
_BEGINS = re.compile(r"(variant|arm)\s+(\S+)\s+of\s", re.IGNORECASE)
_CLAIM = re.compile(
    r"variant\s+(?P<arm>\S+)\s+of\s+(?P<experiment>[A-Za-z][\w-]*)\s+is\s+(?P<word>better|worse|not\s+worse)"
    r"\s+on\s+(?P<metric>[A-Za-z_][\w-]*)(?:\s+by\s+(?P<by>.+))?"
)


class Word(StrEnum):
    """What is claimed of an arm, held against the control."""

    BETTER = "better"
    WORSE = "worse"
    NOT_WORSE = "not worse"


@dataclass(frozen=True, slots=True)
class Claim:
    """`by` is relative to the control (0.02 for `by 2%`); None leaves it to the experiment."""

    arm: str
    experiment: str
    word: Word
    by: float | None = None

    @property
    def key(self) -> str:
        """A short stable name: `checkout-button/green:not worse:0.02`."""
        by = "" if self.by is None else f":{self.by:.12g}"
        return f"{self.experiment}/{self.arm}:{self.word}{by}"


def is_claim(text: str) -> bool:
    """True where a criterion begins as a claim does: no metric is compared with a number there."""
    return _BEGINS.match(text) is not None


def parse_claim(text: str) -> tuple[Claim, str]:
    """The claim, and the metric that it is about. Raises ValueError with one line that says what to write."""
    found = _CLAIM.fullmatch(text)
    if found is None:
        raise ValueError(_mistake(text))
    by = found["by"]
    word = Word(" ".join(found["word"].split()))
    return Claim(found["arm"], found["experiment"], word, None if by is None else _by(by)), found["metric"]


def _by(text: str) -> float:
    quantity = parse_quantity(text)
    if quantity.dimension is not Dimension.RATIO:
        raise ValueError(f"after `by` comes a percentage of the control, not `{text}`: write by 2%")
    if not 0 < quantity.value < 1:
        raise ValueError(f"`by {text}` is not between 0 % and 100 %: write by 2%, or leave it out")
    return quantity.value


def _mistake(text: str) -> str:
    if text.lower().startswith("arm"):
        return f"an arm of an experiment is called a variant: write {FORM}"
    if re.search(r"\s(over)\s", text):
        return "an experiment is judged from its beginning on: leave `over` out"
    if " is " not in text:
        return f"nothing is claimed of the variant: write {FORM}"
    if not re.search(r"\sis\s+(better|worse|not\s+worse)\b", text):
        return f"after `is` comes better, worse or not worse: write {FORM}"
    return f"a claim names the metric after `on`: write {FORM}"
