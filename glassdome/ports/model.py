"""Language models, and the engines made of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Draft, Opinion
from glassdome.values.signal import SensitiveFinding, Signal

__all__ = [
    "Completion",
    "DigestedModel",
    "Drafter",
    "Engine",
    "LanguageModel",
    "ModelFacts",
    "ModelLibrary",
    "Prompt",
    "PullProgress",
    "Teller",
    "TriedEngine",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One request: constant instructions first (so that the server reuses their KV cache), the mail last."""

    system: str
    user: str
    schema: Mapping[str, Any]
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer; tokens are the server's own count, `finish` is `length` when it ran into `max_tokens`."""

    text: str
    model: str
    finish: Literal["stop", "length"]
    tokens_in: int
    tokens_out: int
    seconds: float
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The server's facts about its model; `slots` is the number of requests it handles at once, None if unknown."""

    model: str
    context_tokens: int
    server: str = ""
    slots: int | None = None


class LanguageModel(Protocol):
    """A way to a language model on the owner's own machines. It has no tools and no memory."""

    name: str

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer within `prompt.schema`.

        Raises ModelUnavailable (temporary), ModelMissing, PromptTooLarge, OutputInvalid for an empty answer.
        """
        ...

    async def facts(self) -> ModelFacts:
        """Return the facts about the model; raises as `complete`."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


@runtime_checkable
class DigestedModel(Protocol):
    """A language model that can be told from another one of the same name; a plugin's need not be."""

    async def digest(self) -> str:
        """Return a name for the model's weights, asked at each call; empty if the server has none.

        Raises ModelUnavailable, ModelMissing.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PullProgress:
    """The progress of a model's download: the server's own word, and bytes (`total` is 0 while unknown)."""

    status: str
    completed: int = 0
    total: int = 0


class ModelLibrary(Protocol):
    """The models that a model server holds."""

    async def installed(self) -> tuple[str, ...]:
        """List the models that can be used now; raises ModelUnavailable."""
        ...

    def pull(self, model: str) -> AsyncIterator[PullProgress]:
        """Download a model, yielding progress; raises ModelUnavailable, ModelMissing for an unknown name."""
        ...


class Engine(Protocol):
    """Turns a message into an opinion with a language model; at most one analysis call per message.

    `name`, `model` and `prompt_version` are what its opinions carry; an exact repeat under the same three needs no call.
    """

    @property
    def name(self) -> str:
        """`ollama`, `openai` or `llamacpp`."""
        ...

    @property
    def model(self) -> str:
        """The model that answers."""
        ...

    @property
    def prompt_version(self) -> str:
        """The version of the instructions."""
        ...

    async def read(
        self,
        message: Message,
        *,
        signals: Sequence[Signal],
        sensitive: Sequence[SensitiveFinding],
        builtin: Opinion,
        context: Context,
    ) -> Opinion:
        """Return a validated opinion; raises EngineError or PolicyRefused (`engine_access` is `never`)."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class TriedEngine(Engine, Protocol):
    """An engine whose model can be told from another one of the same name."""

    async def digest(self) -> str:
        """Return a name for the model's weights, empty if there is none; raises ModelUnavailable, ModelMissing."""
        ...


class Drafter(Protocol):
    """Writes reply drafts, each in a call of its own after the analysis."""

    async def draft(
        self,
        message: Message,
        *,
        signals: Sequence[Signal],
        sensitive: Sequence[SensitiveFinding],
        context: Context,
    ) -> Draft:
        """Return a draft; raises EngineError or PolicyRefused (`engine_access` is `never`)."""
        ...


class Teller(Protocol):
    """Writes the summaries of threads."""

    async def retell(self, notes: Message, *, context: Context, language: str) -> Draft:
        """Return the summary that `notes` lead to; raises EngineError or PolicyRefused (`engine_access` is `never`)."""
        ...
