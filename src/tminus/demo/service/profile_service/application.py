"""The ASGI application: addresses to answers, each profile request told to metrics and events."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from . import pages
from .events import EventSender
from .flags import OFF, ON, ProfileFlags
from .profiles import ProfileStore, User
from .settings import Settings
from .telemetry import RequestMetrics

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_HTML = "text/html; charset=utf-8"
_ADDRESS = re.compile(r"/profile/(?P<user>[\w.-]{1,64})(?:/(?P<step>complete|avatar|bio))?", re.ASCII)
_SAVED_EVENTS = {"complete": "profile_completed", "avatar": "avatar_uploaded", "bio": "bio_completed"}

_log = logging.getLogger("profile")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, and the name of the exception that made it one of failure."""

    status: int
    body: str
    content_type: str = _HTML
    variant: str = ""
    error_type: str = ""


class ProfileService:
    """The ASGI application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._flags = ProfileFlags(settings.ofrep_url, settings.ofrep_token)
        self._store = ProfileStore(settings.fault_rate, settings.base_error_rate)
        self._metrics = RequestMetrics(settings.otlp_endpoint, settings.release)
        # httpx builds its client lazily, so this needs no running loop yet.
        self._events = EventSender(settings.events_url, settings.events_token)
        self._answers: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serves one request, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await _send_answer(send, await self._answer(scope["method"], scope["path"]), scope["method"])

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._events.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._events.close()
        self._flags.close()
        # The exporter blocks while it sends what is left.
        await asyncio.to_thread(self._metrics.close)
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, method: str, path: str) -> Answer:
        address = _ADDRESS.fullmatch(path)
        if address is not None:
            user, step = address["user"], address["step"] or ""
            if method == "POST" if step else method in ("GET", "HEAD"):
                return await self._profile(method, user, step)
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, pages.not_found_page())
        if path == "/":
            return Answer(HTTPStatus.OK, pages.start_page(self._settings.release))
        if path == "/health":
            return Answer(HTTPStatus.OK, self._health(), "application/json")
        return Answer(HTTPStatus.NOT_FOUND, pages.not_found_page())

    async def _profile(self, method: str, name: str, step: str) -> Answer:
        """Answers a profile request and tells metrics and events how it went."""
        started = time.perf_counter()
        user = User.named(name)
        variant = await self._flags.variant(user.name, user.region, user.tier)
        route = f"/profile/{{user}}/{step}" if step else "/profile/{user}"
        try:
            answer = await self._work(user, step, variant)
        except Exception as error:  # noqa: BLE001  (whatever broke, this user gets a page and the others are served)
            _log.error("%s %s failed: %s: %s", method, route, type(error).__name__, error)
            answer = Answer(500, pages.failure_page(), variant=variant, error_type=type(error).__name__)
        seconds = time.perf_counter() - started
        self._metrics.record(
            seconds, method=method, route=route, status=answer.status, variant=variant, error_type=answer.error_type
        )
        self._tell(user, step, route, answer)
        return answer

    async def _work(self, user: User, step: str, variant: str) -> Answer:
        if step:
            await self._store.save(user, step)
        profile = await self._store.profile(user)
        if variant == ON:
            page = pages.enhanced_profile(profile, await self._store.cards(user))
        else:
            page = pages.simple_profile(profile)
        return Answer(200, page, variant=variant)

    def _tell(self, user: User, step: str, route: str, answer: Answer) -> None:
        failed = bool(answer.error_type)
        self._answers[answer.variant] += 1
        self._failures[answer.variant] += failed
        variant = {"feature_flag.result.variant": answer.variant}
        outcome = {"error": "true" if failed else "false", "route": route}
        self._events.emit("request", user.name, variant | outcome)
        if not failed:
            kind = _SAVED_EVENTS[step] if step else "profile_opened"
            self._events.emit(kind, user.name, variant | {"region": user.region})

    def _health(self) -> str:
        events = self._events
        return json.dumps(
            {
                "status": "ok",
                "release": self._settings.release,
                "variants": {variant: self._answers[variant] for variant in (OFF, ON)},
                "failures": {variant: self._failures[variant] for variant in (OFF, ON)},
                "events": {"sent": events.sent, "waiting": events.waiting, "lost": events.lost},
            }
        )


async def _send_answer(send: Send, answer: Answer, method: str) -> None:
    body = answer.body.encode()
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if answer.variant:
        headers.append((b"x-profile-variant", answer.variant.encode()))
    await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
