"""Who the users are and what they own: a small SQLite database, and the time a real one takes to answer."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import zlib
from dataclasses import dataclass

_REGIONS = ("eu", "us", "apac")
_TIERS = ("free", "plus", "pro")
_TIER_SHARES = (70, 25, 5)
_STEPS = ("complete", "avatar", "bio")
_SAVED_USERS = 50_000

_REGULAR_SET, _PROMOTION_SET = 1, 2
_CARDS = (
    (_REGULAR_SET, "Aurora", "rare", 1250, 2),
    (_REGULAR_SET, "Basalt Golem", "common", 150, 4),
    (_REGULAR_SET, "Cinder Fox", "uncommon", 480, 1),
    (_REGULAR_SET, "Deep Current", "rare", 990, 1),
    # Cards given away at a fair never had a price. Nobody had one when the new page was written.
    (_PROMOTION_SET, "Founders' Fair 2025", "promotion", None, 1),
    (_PROMOTION_SET, "Cinder Fox", "uncommon", 480, 1),
)


class DatabaseTimeout(Exception):
    """The database did not answer in time: the ordinary bad luck of any service, whatever its release."""


@dataclass(frozen=True, slots=True)
class User:
    """A user; `region` and `tier` follow from the name alone, so every process agrees on them."""

    name: str
    region: str
    tier: str

    @classmethod
    def named(cls, name: str) -> User:
        """Returns the user of that name, the same at every call."""
        number = zlib.crc32(name.encode())
        tier = random.Random(number).choices(_TIERS, _TIER_SHARES)[0]
        return cls(name, _REGIONS[number % len(_REGIONS)], tier)


@dataclass(frozen=True, slots=True)
class Card:
    """A card a user owns; `price` in cents."""

    title: str
    rarity: str
    price: int
    copies: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as stored: which of its parts are filled in."""

    user: User
    complete: bool
    avatar: bool
    bio: bool

    @property
    def completion(self) -> int:
        """Filled-in parts in percent; a name everybody has."""
        return 100 * (1 + self.complete + self.avatar + self.bio) // (1 + len(_STEPS))


class ProfileStore:
    """Reads and saves profiles. Each call takes some milliseconds, as over a network."""

    def __init__(self, fault_rate: float, base_error_rate: float) -> None:
        self._fault_rate = fault_rate
        self._base_error_rate = base_error_rate
        self._chance = random.Random()
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        self._database.execute("CREATE TABLE saved (user TEXT, step TEXT, PRIMARY KEY (user, step)) WITHOUT ROWID")
        self._database.execute("CREATE TABLE cards (card_set INT, title TEXT, rarity TEXT, price INT, copies INT)")
        self._database.executemany("INSERT INTO cards VALUES (?, ?, ?, ?, ?)", _CARDS)

    async def profile(self, user: User) -> Profile:
        """Reads a profile. Raises DatabaseTimeout at the base error rate."""
        await self._travel(0.003, 0.010)
        if self._chance.random() < self._base_error_rate:
            raise DatabaseTimeout("no answer from the profile database")
        rows = self._database.execute("SELECT step FROM saved WHERE user = ?", (user.name,))
        saved = {step for (step,) in rows}
        return Profile(user, *(step in saved for step in _STEPS))

    async def cards(self, user: User) -> list[Card]:
        """Reads the user's collection; at the fault rate it holds a card from the promotion, without a price."""
        await self._travel(0.001, 0.005)
        card_set = _PROMOTION_SET if self._chance.random() < self._fault_rate else _REGULAR_SET
        rows = self._database.execute("SELECT title, rarity, price, copies FROM cards WHERE card_set = ?", (card_set,))
        return [Card(*row) for row in rows]

    async def save(self, user: User, step: str) -> None:
        """Marks one part of the profile as filled in; doing it twice changes nothing."""
        await self._travel(0.003, 0.010)
        # Anybody can name any user: the memory must not grow with every name somebody makes up.
        (count,) = self._database.execute("SELECT count(*) FROM saved").fetchone()
        if count >= _SAVED_USERS * len(_STEPS):
            self._database.execute("DELETE FROM saved")
        self._database.execute("INSERT OR IGNORE INTO saved VALUES (?, ?)", (user.name, step))

    async def _travel(self, at_least: float, at_most: float) -> None:
        await asyncio.sleep(self._chance.uniform(at_least, at_most))
