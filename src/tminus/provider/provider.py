"""Flags in the service's own memory, followed as they change, with what was evaluated reported in the background."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEventDetails
from openfeature.exception import ErrorCode, ProviderNotReadyError
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider import AbstractProvider, Metadata

from tminus.exposing import HttpSink, Reporter, Tally
from tminus.flags import Kind, resolve
from tminus.following import follow

_Object = Sequence[Any] | Mapping[str, Any]


class TminusProvider(AbstractProvider):
    """Follows a T-minus controller, an edge, or a file of flagd's definitions; an evaluation costs microseconds.

    place: an address such as `http://127.0.0.1:8620`, or a file's path. token: of the scope server. service: the name
    under which evaluations are reported to that address, every ten seconds; "" reports none. `initialize` waits
    `timeout_seconds` for the first definition and raises ProviderNotReadyError after that; from then on the last good
    definition is used, whatever happens to the place. tls_ca: a PEM file of the CAs by which an https address is known;
    the system's without it. Raises UsageError for a place that is neither address nor file, and for CAs that are none.
    """

    def __init__(
        self,
        place: str,
        token: str = "",
        *,
        service: str = "",
        timeout_seconds: float = 5.0,
        tls_ca: str | Path | None = None,
    ) -> None:
        super().__init__()
        self._follower = follow(place, token, tls_ca)
        self._follower.told = self._told
        self._timeout = timeout_seconds
        self._tally = Tally()
        self._keys: set[str] = set()
        self._reporter: Reporter | None = None
        if service and place.startswith(("http://", "https://")):
            self._reporter = Reporter([self._tally], HttpSink(place, token, service, time.time, tls_ca))

    def get_metadata(self) -> Metadata:
        """The provider's name."""
        return Metadata(name="tminus")

    def initialize(self, evaluation_context: EvaluationContext) -> None:
        """Read the flags for the first time, and begin to follow them."""
        self._follower.start()
        if self._reporter is not None:
            self._reporter.start()
        if not self._follower.wait_ready(self._timeout):
            raise ProviderNotReadyError(self._follower.trouble or "no flag definition came in time")
        self._keys = set(self._follower.held.current().keys())
        self._follower.held.listen(self._changed)

    def shutdown(self) -> None:
        """Stop following, after a last report."""
        self._follower.close()
        if self._reporter is not None:
            self._reporter.close()

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """A boolean."""
        return self._resolve(flag_key, "boolean", default_value, evaluation_context)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """A text."""
        return self._resolve(flag_key, "string", default_value, evaluation_context)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """A whole number."""
        return self._resolve(flag_key, "integer", default_value, evaluation_context)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        """A number."""
        return self._resolve(flag_key, "float", default_value, evaluation_context)

    def resolve_object_details(
        self, flag_key: str, default_value: _Object, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[_Object]:
        """An object or a list."""
        return self._resolve(flag_key, "object", default_value, evaluation_context)

    def _resolve(
        self, key: str, kind: Kind, default: Any, asked: EvaluationContext | None
    ) -> FlagResolutionDetails[Any]:
        context: dict[str, Any] = {}
        if asked is not None:
            context.update(asked.attributes)
            if asked.targeting_key is not None:
                context["targetingKey"] = asked.targeting_key
        answer = resolve(self._follower.held.current(), key, kind, default, context, time.time())
        self._tally.count(key, answer, context)
        return FlagResolutionDetails(
            value=answer.value,
            variant=answer.variant,
            reason=answer.reason,
            error_code=None if answer.error_code is None else ErrorCode(answer.error_code),
            error_message=answer.error_details or None,
            flag_metadata=answer.metadata,
        )

    def _changed(self) -> None:
        keys = set(self._follower.held.current().keys())
        # Which of those that stay have changed is not worth finding out: clients evaluate again anyway.
        changed, self._keys = sorted(keys | self._keys), keys
        self.emit_provider_configuration_changed(ProviderEventDetails(flags_changed=changed))

    def _told(self, fresh: bool) -> None:
        details = ProviderEventDetails(message=self._follower.trouble)
        (self.emit_provider_ready if fresh else self.emit_provider_stale)(details)
