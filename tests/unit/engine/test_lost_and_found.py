"""A canary that gets lost holds the launch until it is mended: then the hold ends by itself, however many were lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from support.launches import T0, plan
from tminus.engine import following
from tminus.engine.following import Following
from tminus.ports import Exposure, Feed, Followed

EXPOSURE = Exposure(flag="page", canary="on", control=("off",), since=T0)
FEED = Feed(plan().metrics["errors"], EXPOSURE)


@dataclass
class Sampled:
    """Twenty users of either arm a look, all seen but those of a canary that is `broken`; the same ones with `regulars`."""

    broken: bool = True
    regulars: bool = False
    _next: Iterator[int] = field(default_factory=lambda: iter(range(1_000_000)))

    def followed(self, feed: Feed, start: float, end: float) -> list[Followed]:
        users = list(range(40)) if self.regulars else [next(self._next) for _ in range(40)]
        return [Followed(user, canary, not (canary and self.broken)) for user, canary in _in_arms(users)]


def _in_arms(users: list[int]) -> Iterator[tuple[int, bool]]:
    return ((user, user % 2 == 0) for user in users)


@dataclass
class Looking:
    source: Sampled
    now: float = T0 + 600
    found: Following = field(default_factory=Following)

    def looks(self, times: int) -> list[bool]:
        """Whether the canary counts as lost after each look."""
        said = []
        for _ in range(times):
            self.now += 30
            self.found.look(self.source, FEED, self.now)  # type: ignore[arg-type]  # only `followed` is asked
            said.append(bool(self.found.trouble))
        return said


@pytest.mark.parametrize("regulars", [False, True], ids=["new users", "the same users"])
def test_a_loss_that_is_mended_after_long_is_over_soon(regulars: bool) -> None:
    looking = Looking(Sampled(regulars=regulars))
    assert looking.looks(200)[1:] == [True] * 199
    looking.source.broken = False
    assert looking.looks(5)[-1] is False


def test_a_loss_that_is_not_mended_is_never_over() -> None:
    assert all(Looking(Sampled()).looks(1000)[1:])


def test_a_canary_that_breaks_after_very_many_users_is_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "_MOST_USERS", 200)
    looking = Looking(Sampled(broken=False))
    assert not any(looking.looks(20))
    looking.source.broken = True
    assert any(looking.looks(10))


def test_another_share_begins_with_a_clean_sheet() -> None:
    looking = Looking(Sampled())
    assert looking.looks(3)[-1]
    looking.source.broken = False
    looking.found.look(looking.source, replace(FEED, exposure=replace(EXPOSURE, since=looking.now)), looking.now)  # type: ignore[arg-type]
    assert looking.found.trouble == ""
