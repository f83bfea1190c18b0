"""Defines a tool: a name, typed arguments, a typed result, hints for people who approve calls, and its function."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import mcp_types
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from glassdome.desk.keys import Caller
from glassdome.mcp.errors import bad_arguments
from glassdome.mcp.tool_context import ToolContext
from glassdome.mcp.untrusted_text import NOTE

__all__ = ["PAGE", "Run", "Tool"]

#: Rows of a page where the caller names no number: another agent reads every one of them.
PAGE: Final = 20

#: Does the work for a caller; raises GlassdomeError.
Run = Callable[[ToolContext, Caller, Any], Awaitable[BaseModel]]


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles that only repeat a field's name: an agent reads every schema."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Say no."""
        return False


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One tool.

    `writes` tools exist only where writing is allowed. For people who approve calls: it `destroys` or overwrites, it is
    `repeatable` without further effect, it reaches `outside`. Of a tool that `waits`, a cancelled call ends at once; any
    other that writes is finished first.
    """

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    result: type[BaseModel]
    run: Run
    writes: bool = False
    destroys: bool = False
    repeatable: bool = True
    outside: bool = False
    waits: bool = False

    def read(self, arguments: Mapping[str, Any] | None) -> BaseModel:
        """Return the checked arguments; raises InputError."""
        try:
            return self.arguments.model_validate(dict(arguments or {}))
        except ValidationError as exc:
            raise bad_arguments(exc) from exc

    def answer(self, found: BaseModel) -> CallToolResult:
        """Return the result: the note where mail is quoted, the JSON as text, and the JSON itself."""
        body = found.model_dump(mode="json", by_alias=True)
        texts = [*([NOTE] if self.quotes_mail else []), json.dumps(body, ensure_ascii=False)]
        return CallToolResult(
            content=[TextContent(type="text", text=text) for text in texts], structured_content=body, is_error=False
        )

    @cached_property
    def quotes_mail(self) -> bool:
        """Return whether the result holds words of mails."""
        return '"untrusted"' in json.dumps(self.described.output_schema)

    @cached_property
    def described(self) -> mcp_types.Tool:
        """The tool as clients see it."""
        return mcp_types.Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.arguments.model_json_schema(schema_generator=_Untitled),
            output_schema=self.result.model_json_schema(mode="serialization", schema_generator=_Untitled),
            annotations=ToolAnnotations(
                title=self.title,
                read_only_hint=not self.writes,
                destructive_hint=self.destroys,
                idempotent_hint=self.repeatable,
                open_world_hint=self.outside,
            ),
        )
