"""Declares commands: name, argument schema, permissions, and the function that runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from glassdome.agents.report.figures import OverseerReport
from glassdome.core.errors import ConfigError
from glassdome.values.message import Message
from glassdome.values.outgoing import OutgoingFile
from glassdome.values.verdict import Verdict

__all__ = ["Command", "CommandContext", "CommandSet", "NoArguments", "Overseen", "Reply", "Run", "Scope"]

Scope = Literal["ro", "rw"]


class NoArguments(BaseModel):
    """The schema of a command without arguments; subclasses declare theirs in the order of bare words."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The answer of a command; `html` and `files` are optional."""

    text: str
    html: str = ""
    files: tuple[OutgoingFile, ...] = ()


class Overseen(Protocol):
    """The operations that the Overseer offers to commands."""

    async def status(self) -> str:
        """Return the present state as text."""
        ...

    async def report(self, kind: Literal["daily", "weekly"]) -> OverseerReport:
        """Return a report as of now."""
        ...

    async def analyze(self, raw: bytes) -> tuple[Message, Verdict]:
        """Return a message and the verdict on it; raises ParseError."""
        ...

    async def language_of(self, address: str) -> str:
        """Return the language that the owner of a mailbox reads, empty where none is known."""
        ...

    async def execute(self, task: dict[str, Any]) -> dict[str, Any]:
        """Have the mail agent do one of its tasks."""
        ...

    async def pause(self, until: datetime) -> None:
        """Do nothing but answer commands until then."""
        ...

    async def resume(self) -> None:
        """Go on."""
        ...


@dataclass(frozen=True, kw_only=True)
class CommandContext:
    """The facts of its mail that a command is given. With `dry_run` it must change nothing and report its plan."""

    sender: str
    now: datetime
    raw: bytes = field(repr=False)
    overseer: Overseen
    commands: CommandSet
    dry_run: bool = False


Run = Callable[[CommandContext, Any], Awaitable[Reply]]


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command. `changes` demands a code, `confirm` a reply as well; `scope` is what the sender must have."""

    name: str
    about: str
    arguments: type[BaseModel]
    scope: Scope
    changes: bool
    confirm: bool
    run: Run

    @property
    def usage(self) -> str:
        """The command as it is written, optional arguments in brackets."""
        words = [self.name]
        for name, info in self.arguments.model_fields.items():
            words.append(f"{name}=..." if info.is_required() else f"[{name}=...]")
        return " ".join(words)


class CommandSet:
    """The commands of one Overseer.

    commands = CommandSet()

    @commands.command("disk", about="Free space.")
    async def disk(context: CommandContext, arguments: NoArguments) -> Reply: ...
    """

    def __init__(self) -> None:
        """Empty; `builtin.builtin_commands()` gives the ones that are always there."""
        self._commands: dict[str, Command] = {}

    def command(
        self,
        name: str,
        *,
        about: str,
        arguments: type[BaseModel] = NoArguments,
        scope: Scope = "ro",
        changes: bool = False,
        confirm: bool = False,
    ) -> Callable[[Run], Run]:
        """Declare the decorated function as a command; raises ConfigError for a name that is taken."""
        if name in self._commands or name != " ".join(name.lower().split()):
            raise ConfigError(f"The command {name!r} is declared twice, or its name is not lower-case words.")

        def declare(run: Run) -> Run:
            self._commands[name] = Command(
                name=name,
                about=about,
                arguments=arguments,
                # What changes something is never open to those who may only read.
                scope="rw" if changes else scope,
                changes=changes,
                confirm=confirm,
                run=run,
            )
            return run

        return declare

    def __iter__(self) -> Iterator[Command]:
        """Give the commands by name."""
        return iter(sorted(self._commands.values(), key=lambda c: c.name))

    def find(self, words: tuple[str, ...]) -> tuple[Command, tuple[str, ...]] | None:
        """Return the command with the longest name that begins `words`, and the words behind it."""
        for length in range(len(words), 0, -1):
            found = self._commands.get(" ".join(words[:length]).lower())
            if found is not None:
                return found, words[length:]
        return None
