"""The three ways flagd has had of putting a hash into a bucket; each puts the same users elsewhere.

They are numbered as flagd's test bed numbers them (open-feature/flagd-testbed, `@fractional-v1` to `@fractional-v3`).
All hash with MurmurHash3 (x86, 32 bit, seed 0). With h the hash, W the sum of the weights and c the cumulative weight
of an arm, an arm is the first for which

1. |h as a signed number| / (2^31 - 1) * 100 < the sum of 100 * w / W, in 64-bit floats (flagd before 0.15, 2024-2026);
2. (h * W) >> 32 < c, on the text's UTF-8 bytes (flagd 0.15, 2026; what T-minus writes);
3. the same, on the value's deterministic CBOR, which is how numbers, booleans and objects can be hashed too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import mmh3

from tminus.flags import cbor

TARGETING_KEY = "targetingKey"
FIRST, SECOND, THIRD = 1, 2, 3

_HASH_RANGE = 2**32
_LARGEST_SIGNED = 2**31 - 1

# Always on bytes: given text with half a surrogate pair in it, as json.loads lets through, mmh3.hash ends the whole
# process with a segmentation fault. Encoding first makes that an ordinary UnicodeEncodeError.
unsigned_hash = mmh3.mmh3_32_uintdigest

Material: TypeAlias = Callable[[Any, Any, str], bytes | None]


def distance(material: bytes) -> int:
    """Generation 1's hash: how far from zero the signed hash is."""
    signed = mmh3.mmh3_32_sintdigest(material)
    return signed if signed >= 0 else -signed


def percent_bounds(weights: Sequence[int]) -> list[int]:
    """Generation 1: the distances at which each arm ends, exclusive.

    The sums of percentages are floats, so the border is searched for where the float comparison turns. What lies at or
    beyond the last border (the largest distances, and whatever the sum's rounding leaves) is in no arm.
    """
    total, end, bounds = sum(weights), 0.0, []
    for weight in weights if total else ():
        end += 100 * float(weight) / float(total)
        bounds.append(_first_beyond(end))
    return bounds


def _first_beyond(end: float) -> int:
    low, high = 0, _LARGEST_SIGNED + 2
    while low < high:
        middle = (low + high) // 2
        if float(middle) / _LARGEST_SIGNED * 100 < end:
            low = middle + 1
        else:
            high = middle
    return low


def upper_bounds(weights: Sequence[int]) -> list[int]:
    """Generations 2 and 3: the hashes at which each arm ends, exclusive; empty when the weights sum to 0.

    (h * W) >> 32 < c holds exactly for h < ceil(c * 2^32 / W), so that an evaluation need not multiply.
    """
    total, cumulative, bounds = sum(weights), 0, []
    for weight in weights if total else ():
        cumulative += weight
        bounds.append(-(-cumulative * _HASH_RANGE // total))
    return bounds


def text_material(value: Any, data: Any, flag_key: str) -> bytes | None:
    """Generations 1 and 2: a text as it is; for null the flag's key and the targetingKey in one; else nothing."""
    if value is None:
        key = targeting_key(data)
        return (flag_key + key).encode() if key else None
    return value.encode() if isinstance(value, str) else None


def value_material(value: Any, data: Any, flag_key: str) -> bytes | None:
    """Generation 3: any JSON value but null and a list, which flagd reads as a mistake and as an arm."""
    if value is None or isinstance(value, list):
        return None
    try:
        return cbor.encode(value)
    except ValueError:
        return None


def targeting_key(data: Any) -> str:
    """The context's targetingKey, empty when it has none or one that is no text."""
    key = data.get(TARGETING_KEY) if isinstance(data, dict) else None
    return key if isinstance(key, str) else ""


@dataclass(frozen=True, slots=True)
class Generation:
    """`material` is what is hashed for an expression's value, `hash` the number of it, `bounds` where the arms end."""

    number: int
    material: Material
    hash: Callable[[bytes], int]
    bounds: Callable[[Sequence[int]], list[int]]

    def shorthand(self, data: Any, flag_key: str) -> bytes | None:
        """What is hashed where the rule names no expression: the flag's key and the targetingKey."""
        if self.number < THIRD:
            return text_material(None, data, flag_key)
        key = targeting_key(data)
        return cbor.encode([flag_key, key]) if key else None


GENERATIONS = {
    FIRST: Generation(FIRST, text_material, distance, percent_bounds),
    SECOND: Generation(SECOND, text_material, unsigned_hash, upper_bounds),
    THIRD: Generation(THIRD, value_material, unsigned_hash, upper_bounds),
}
CURRENT = SECOND
PIN = "tminus.fractional"
