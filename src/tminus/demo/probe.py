"""One user's eyes: asks the flag service all the time what a canary user gets, to time the way back."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import httpx

_EVERY_SECONDS = 0.02


@dataclass(frozen=True)
class WayBack:
    """When the probed user last had the new variant, and the first time after that it got the old one."""

    last_new_at: float
    first_old_at: float


async def find_canary(address: str, flag: str, users: int) -> str:
    """The name of some user who has the new variant now; waits until there is one."""
    async with httpx.AsyncClient(base_url=address, timeout=5.0) as client:
        while True:
            for number in range(users):
                if await _has_new(client, flag, f"u{number:04d}"):
                    return f"u{number:04d}"
            await asyncio.sleep(0.05)


async def watch_way_back(address: str, flag: str, user: str) -> WayBack:
    """Ask until the user has the old variant again."""
    async with httpx.AsyncClient(base_url=address, timeout=5.0) as client:
        last_new = time.time()
        while True:
            new = await _has_new(client, flag, user)
            now = time.time()
            if new is False:
                return WayBack(last_new, now)
            last_new = now if new else last_new
            await asyncio.sleep(_EVERY_SECONDS)


async def _has_new(client: httpx.AsyncClient, flag: str, user: str) -> bool | None:
    """None while nobody answers: that is neither the new variant nor the old one."""
    body = {"context": {"targetingKey": user}}
    try:
        answer = await client.post(f"/ofrep/v1/evaluate/flags/{flag}", json=body)
        return answer.json()["value"] is True if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError, KeyError):
        return None
