"""The current language model, rebuilt when one of its settings changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from glassdome.bootstrap.liveness import PatientProbe
from glassdome.bootstrap.models import Model, language_model, probe_of
from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError, ModelUnavailable
from glassdome.core.log import get_logger
from glassdome.engine.llm.engine import LlmEngine
from glassdome.integrations.ollama.model import OllamaModel
from glassdome.ports.model import PullProgress
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Draft
from glassdome.values.signal import SensitiveFinding, Signal

__all__ = ["LiveModel"]

_log = get_logger(__name__)
_MADE_OF: Final = (
    "engine_name", "ollama_host", "ollama_model", "ollama_num_ctx", "ollama_keep_alive", "openai_url", "model_key",
    "model", "model_timeout", "model_silence", "model_threads", "model_temperature",
    "model_answer_tokens", "model_concurrency", "model_ca_file", "model_cert_file", "model_key_file",
)  # fmt: skip

_CHOSEN_BY: Final = {*_MADE_OF, "engine"}


class LiveModel:
    """Implements Drafter, Teller and ModelLibrary over whatever model there is; `engine` is None for the built-in one alone.

    `probes` is what `/health` asks: empty, or one entry named as the engine.
    """

    def __init__(self, settings: Callable[[], Settings]) -> None:
        """`settings` returns the current settings; no model is there before `follow`."""
        self.engine: LlmEngine | None = None
        self.probes: dict[str, Callable[[], Awaitable[None]]] = {}
        self._settings = settings
        self._model: Model | None = None
        self._probe: PatientProbe | None = None
        self._made_of: tuple[object, ...] | None = None
        self._closing: dict[asyncio.Task[None], Model] = {}

    async def follow(self, settings: Settings) -> None:
        """Make the model that the settings name, unless it is there; raises ConfigError, EngineError.

        Mail being read at that moment is finished by the old model, which is closed a little later.
        """
        wanted = tuple(getattr(settings, name) for name in _MADE_OF)
        if wanted == self._made_of:
            return
        # In a thread: the client of a model server is imported only where it is used.
        new = await asyncio.to_thread(language_model, settings)
        old, self._model, self._made_of = self._model, new, wanted
        chars = self._chars
        self.engine = None
        if new is not None:
            tokens = settings.model_answer_tokens
            self.engine = LlmEngine(new, name=settings.engine_name, mail_chars=chars, answer_tokens=tokens)
        await self._probe_of(new, settings)
        if old is not None:
            task = asyncio.create_task(_close_in(2 * settings.model_timeout, old))
            self._closing[task] = old
            task.add_done_callback(lambda done: self._closing.pop(done, None))

    async def _probe_of(self, model: Model | None, settings: Settings) -> None:
        self.probes.clear()
        if self._probe is not None:
            await self._probe.aclose()
        self._probe = None
        if model is not None:
            self._probe = PatientProbe(probe_of(model), alive=lambda: model.alive)
            self.probes[settings.engine_name] = self._probe

    async def begin(self, settings: Settings) -> None:
        """Make the first model; raises as `follow` where the environment or a file names one that cannot be made.

        A model chosen in a running service must not keep it from starting: the choice could not be corrected then.
        """
        origins = await asyncio.to_thread(settings.origins)  # it looks into the files
        chosen = {name for name, origin in origins.items() if origin == "llm_config"}
        await (self.switch if chosen & _CHOSEN_BY else self.follow)(settings)

    async def switch(self, settings: Settings) -> None:
        """Follow a running service's settings; what cannot be made leaves the model before in force, and `/health` says so."""
        try:
            await self.follow(settings)
        except GlassdomeError as exc:
            _log.warning("model_not_changed", code=exc.code, problem=exc.public_message)
            self.probes.clear()
            self.probes[settings.engine_name] = _failing(exc)
            self._made_of = None

    async def draft(
        self,
        message: Message,
        *,
        signals: Sequence[Signal],
        sensitive: Sequence[SensitiveFinding],
        context: Context,
    ) -> Draft:
        """Return a draft by the model of the moment; raises as Drafter."""
        if self.engine is None:
            raise ModelUnavailable("No model is configured that could write.")
        return await self.engine.draft(message, signals=signals, sensitive=sensitive, context=context)

    async def retell(self, notes: Message, *, context: Context, language: str) -> Draft:
        """Return the summary of a thread by the model of the moment; raises as Teller."""
        if self.engine is None:
            raise ModelUnavailable("No model is configured that could write.")
        return await self.engine.retell(notes, context=context, language=language)

    async def installed(self) -> tuple[str, ...]:
        """List what the model server has; raises ModelUnavailable."""
        return await self._library().installed()

    async def pull(self, model: str) -> AsyncIterator[PullProgress]:
        """Have the model server download a model; raises ModelUnavailable, ModelMissing."""
        async for step in self._library().pull(model):
            yield step

    def interrupt(self) -> None:
        """End what a model inside Glassdome writes: nothing waits for it, and the mail is judged again later."""
        stop: Callable[[], None] | None = getattr(self._model, "interrupt", None)
        if stop is not None:
            stop()

    async def aclose(self) -> None:
        """Close the model, and those before it."""
        if self._probe is not None:
            await self._probe.aclose()
        closing = dict(self._closing)
        for task in closing:
            task.cancel()
        await asyncio.gather(*closing, return_exceptions=True)
        for model in (*closing.values(), *([self._model] if self._model is not None else [])):
            await model.aclose()

    def _chars(self) -> int:
        return self._settings().max_email_size

    def _library(self) -> OllamaModel:
        if not isinstance(self._model, OllamaModel):
            raise ModelUnavailable("No model server is configured.", fix="Set OLLAMA_HOST.")
        return self._model


async def _close_in(seconds: float, model: Model) -> None:
    await asyncio.sleep(seconds)
    await model.aclose()


def _failing(exc: GlassdomeError) -> Callable[[], Awaitable[None]]:
    async def probe() -> None:
        raise exc

    return probe
