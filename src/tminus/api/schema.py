"""The OpenAPI description of the API, served at /api/schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from litestar import Litestar, Response, Router, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from tminus import __version__
from tminus.api.same_site import FORM, JSON

_FIELDS = {
    "role": "the role a go or a signature is given as",
    "target": "the box, flag or action that is meant",
    "outcome": "for settle: done or again",
    "reason": "goes into the log",
}


@dataclass
class CommandOperation(Operation):
    """A command's body may be JSON or a form, which the framework cannot read off the handler."""

    def __post_init__(self) -> None:
        fields = {name: Schema(type=OpenAPIType.STRING, description=text) for name, text in _FIELDS.items()}
        body = OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT, properties=dict(fields)))
        self.request_body = RequestBody(content={JSON: body, FORM: body})


@dataclass
class QuestionOperation(Operation):
    """The body of a question about one user's flags."""

    def __post_init__(self) -> None:
        context = Schema(type=OpenAPIType.OBJECT, description="targetingKey is the user; what else is known beside it")
        flag = Schema(type=OpenAPIType.STRING, description="this flag alone; all of them if left out")
        body = Schema(type=OpenAPIType.OBJECT, properties={"context": context, "flag": flag}, required=["context"])
        self.request_body = RequestBody(content={JSON: OpenAPIMediaType(schema=body)}, required=True)


def schema_of(handlers: Sequence[Any]) -> Any:
    """A handler for GET /schema that describes these handlers under /api."""

    @cache
    def described() -> bytes:
        # An app of its own: the description holds the API alone, whatever else the server mounts beside it.
        config = OpenAPIConfig(title="T-minus", version=__version__, path="/unused")
        app = Litestar([Router("/api", route_handlers=list(handlers))], openapi_config=config)
        return msgspec.json.encode(app.openapi_schema.to_schema())

    @get("/schema", include_in_schema=False)
    async def schema() -> Response[bytes]:
        return Response(described(), media_type="application/vnd.oai.openapi+json")

    return schema
