"""What users did, as CloudEvents, sent in the background: no user waits for them and no outage loses the service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from collections import deque
from datetime import UTC, datetime

import httpx

_INTERVAL_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0
_BATCH = 500
_BUFFER = 20_000
# The receiver understood and refused: the same bytes will be refused for ever and would block all that follow.
_REFUSED = frozenset({400, 413, 415, 422})

_log = logging.getLogger("profile.events")


class EventSender:
    """A bounded buffer of CloudEvents, emptied twice a second in batches, retried until taken.

    A batch that is sent again carries the same ids, so the receiver can drop what it has seen. When the receiver is
    away for long, the oldest events go first.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Content-Type": "application/cloudevents-batch+json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._instance = uuid.uuid4().hex
        self._made = 0
        self._waiting: deque[dict[str, object]] = deque()
        # On its way: it stays here until it is taken, so a failed or interrupted try loses nothing.
        self._batch: list[dict[str, object]] = []
        self._client = httpx.AsyncClient(timeout=3.0, trust_env=False)
        self._task: asyncio.Task[None] | None = None
        self.sent = 0
        self.lost = 0

    @property
    def waiting(self) -> int:
        """Events not yet taken by the receiver."""
        return len(self._waiting) + len(self._batch)

    def emit(self, kind: str, user: str, data: dict[str, str]) -> None:
        """Puts one event of type `kind` about `user` into the buffer."""
        if not self._url:
            return
        if len(self._waiting) >= _BUFFER:
            self._waiting.popleft()
            self.lost += 1
        self._made += 1
        self._waiting.append(
            {
                "specversion": "1.0",
                "id": f"{self._instance}-{self._made}",
                "source": "/services/profile",
                "type": kind,
                "subject": user,
                "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "datacontenttype": "application/json",
                "data": data,
            }
        )

    def start(self) -> None:
        """Starts sending. Needs a running event loop."""
        self._task = asyncio.create_task(self._send_for_ever())

    async def close(self) -> None:
        """Stops, with one last try for what is still in the buffer."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._send_all()
        await self._client.aclose()

    async def _send_for_ever(self) -> None:
        pause = _INTERVAL_SECONDS
        while True:
            await asyncio.sleep(pause)
            taken = await self._send_all()
            pause = _INTERVAL_SECONDS if taken else min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _send_all(self) -> bool:
        """Sends until nothing waits; False when a batch must be sent again later."""
        while self._batch or self._waiting:
            if not self._batch:
                self._batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            if not await self._send_batch():
                return False
            self._batch = []
        return True

    async def _send_batch(self) -> bool:
        """True when the batch is done with: taken, or refused for good."""
        try:
            answer = await self._client.post(self._url, content=json.dumps(self._batch), headers=self._headers)
        except httpx.HTTPError as error:
            _log.warning("events not sent, will try again: %s", str(error) or type(error).__name__)
            return False
        if answer.is_success:
            self.sent += len(self._batch)
            return True
        if answer.status_code not in _REFUSED:
            _log.warning("events not taken (HTTP %s), will try again", answer.status_code)
            return False
        _log.error("%s events refused for good: HTTP %s %s", len(self._batch), answer.status_code, answer.text[:200])
        self.lost += len(self._batch)
        return True
