"""The one feature flag of this service, asked through OpenFeature from whatever speaks OFREP."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from requests.adapters import HTTPAdapter

FLAG = "enhanced-profile"
ON, OFF = "on", "off"

_THREADS = 8
_TIMEOUT_SECONDS = 0.5
# With every thread stuck on a hung flag service, the next visitors would queue behind it. Past this many in the
# queue they get the old profile at once: a slow flag service must never become a slow profile.
_MAX_WAITING = 32


class ProfileFlags:
    """Says which profile a user gets. Never raises: without an answer it is the old one."""

    def __init__(self, ofrep_url: str, token: str) -> None:
        if ofrep_url:
            api.set_provider(_provider(ofrep_url, token))
        self._client = api.get_client("profile")
        # The provider is synchronous; on the event loop one evaluation would stall every other request.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="flags")
        self._waiting = 0

    async def variant(self, user: str, region: str, tier: str) -> str:
        """Returns "on" (the enhanced profile) or "off" for this user."""
        if self._waiting >= _MAX_WAITING:
            return OFF
        context = EvaluationContext(targeting_key=user, attributes={"region": region, "tier": tier})
        self._waiting += 1
        try:
            enhanced = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._client.get_boolean_value, FLAG, False, context
            )
        finally:
            self._waiting -= 1
        return ON if enhanced else OFF

    def close(self) -> None:
        """Ends the threads and the provider's connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        api.shutdown()


def _provider(url: str, token: str) -> OFREPProvider:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    provider = OFREPProvider(url, headers_factory=lambda: dict(headers), timeout=_TIMEOUT_SECONDS)
    # The provider's own session keeps connections alive; it needs one for each thread.
    provider.session.mount(url, HTTPAdapter(pool_connections=1, pool_maxsize=_THREADS))
    # Looking up proxies and .netrc anew for every evaluation costs more than the evaluation.
    provider.session.trust_env = False
    return provider
