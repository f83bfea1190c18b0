"""Reads a mail's new text as a request: one command line, then lines with code, signature, dry run or confirmation."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError

from glassdome.agents.commands.declare import Command
from glassdome.core.errors import InputError
from glassdome.values.message import Message

__all__ = ["CommandRequest", "Signature", "arguments_of", "read_request"]

#: Characters of the command line, and lines of the mail that are read: a person types one line.
_MAX_LINE, _MAX_LINES = 500, 20
_CODE: Final = re.compile(r"code(?:\s*[:=])?\s*(\d{6})", re.IGNORECASE)
_SIGNED: Final = re.compile(r"hmac(?:\s*[:=])?\s*(\d{9,11})\s+([0-9a-f]{64})", re.IGNORECASE)
_CONFIRM: Final = re.compile(r"confirm\s+([0-9a-f]{32})", re.IGNORECASE)
_DRY: Final = re.compile(r"(--)?dry[- ]run", re.IGNORECASE)
_REPLY: Final = re.compile(r"^\s*(re|aw|sv|antw|fwd?|wg)\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """HMAC-SHA256 over sender, time (seconds since 1970) and command line."""

    at: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRequest:
    """The request in a mail. `line` is the command line with single spaces, which is the text that an HMAC signs."""

    line: str
    words: tuple[str, ...] = ()
    code: str = ""
    signature: Signature | None = None
    confirm: str = ""
    dry_run: bool = False


def read_request(message: Message) -> CommandRequest:
    """Read a request; the subject is the command line where the text holds none. Raises InputError."""
    lines = [" ".join(line.split()) for line in message.new_text.splitlines()[: _MAX_LINES * 5]]
    lines = [line for line in lines if line][:_MAX_LINES]
    found: dict[str, re.Match[str]] = {}
    rest: list[str] = []
    for line in lines:
        for name, pattern in (("code", _CODE), ("hmac", _SIGNED), ("confirm", _CONFIRM), ("dry", _DRY)):
            if match := pattern.fullmatch(line):
                found.setdefault(name, match)
                break
        else:
            rest.append(line)
    line = rest[0] if rest else " ".join(_REPLY.sub("", message.subject).split())
    if len(line) > _MAX_LINE:
        raise InputError("The command line is too long.")
    try:
        words = shlex.split(line)
    except ValueError as exc:
        raise InputError("The command line has an open quotation mark.") from exc
    dry = "dry" in found or any(_DRY.fullmatch(word) for word in words)
    return CommandRequest(
        line=line,
        words=tuple(word for word in words if not _DRY.fullmatch(word)),
        code=found["code"][1] if "code" in found else "",
        signature=Signature(at=int(found["hmac"][1]), digest=found["hmac"][2].lower()) if "hmac" in found else None,
        confirm=found["confirm"][1].lower() if "confirm" in found else "",
        dry_run=dry,
    )


def arguments_of(command: Command, words: tuple[str, ...]) -> BaseModel:
    """Check `name=value` words, and bare words in the order of the schema; raises InputError with the usage."""
    names = list(command.arguments.model_fields)
    given: dict[str, str] = {}
    bare = iter(names)
    for word in words:
        name, equals, value = word.partition("=")
        if not (equals and name.isidentifier()):
            name, value = next((n for n in bare if n not in given), ""), word
        if name not in names or name in given:
            raise InputError(f"{command.name} does not take {word!r}.", fix=f"Usage: {command.usage}")
        given[name] = value
    try:
        return command.arguments.model_validate(given)
    except ValidationError as exc:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in exc.errors(include_input=False))
        raise InputError(f"{command.name}: {told}.", fix=f"Usage: {command.usage}") from exc
