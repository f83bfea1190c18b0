"""Fences the language model of a plugin: whatever it raises is an error of the engine, and every answer has its time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from glassdome.core.config import Settings
from glassdome.core.errors import (
    ConfigError,
    EngineError,
    GlassdomeError,
    ModelTooSlow,
    ModelUnavailable,
    OutputInvalid,
)
from glassdome.core.plugins import ENGINE_GROUP, installed, load
from glassdome.core.unexpected import wrap_unexpected, wrap_unexpected_now
from glassdome.integrations.model_pulse import Pulse
from glassdome.ports.model import Completion, LanguageModel, ModelFacts, Prompt

__all__ = ["PluginModel", "plugin_model"]

T = TypeVar("T")


class PluginModel:
    """Implements LanguageModel over a plugin's."""

    def __init__(self, engine: str, inner: LanguageModel, *, timeout: float) -> None:
        """`engine` is the plugin's name, `timeout` the seconds that one answer may take."""
        self.name = str(inner.name)
        self._engine, self._inner, self._timeout = engine, inner, timeout
        self._pulse = Pulse(engine)

    @property
    def alive(self) -> bool:
        """It is at work on a request."""
        return self._pulse.alive

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer; raises as the port says."""
        with self._pulse.asking():
            found = await self._fenced(lambda: self._inner.complete(prompt))
        if not isinstance(found, Completion) or not found.text:
            raise OutputInvalid(f"The engine {self._engine} gave no answer.")
        return found

    async def facts(self) -> ModelFacts:
        """Return what the plugin knows of its model; raises as `complete`."""
        return await self._fenced(self._inner.facts)

    async def installed(self) -> tuple[str, ...]:
        """List the one model there is, once the plugin has answered; raises ModelUnavailable."""
        await self.facts()
        return (self.name,)

    async def aclose(self) -> None:
        """Close the plugin's connections."""
        with contextlib.suppress(EngineError):
            await self._fenced(self._inner.aclose)

    async def _fenced(self, work: Callable[[], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(self._timeout):
                return await wrap_unexpected(f"The engine {self._engine}", work)
        except TimeoutError as exc:
            raise ModelTooSlow(f"The engine {self._engine} did not answer within {self._timeout:.0f} seconds.") from exc
        except EngineError:
            raise
        except GlassdomeError as exc:
            raise ModelUnavailable(exc.message, fix=exc.fix) from exc
        except SystemExit as exc:
            raise ModelUnavailable(f"The engine {self._engine} tried to end the program.") from exc


class _BrokenModel:
    """The model of a plugin that could not be made: it is away, so mail is judged without it and again later."""

    def __init__(self, engine: str, why: GlassdomeError) -> None:
        self.name, self._why = engine, why

    async def complete(self, prompt: Prompt) -> Completion:
        raise ModelUnavailable(self._why.message, fix=self._why.fix) from self._why

    async def facts(self) -> ModelFacts:
        raise ModelUnavailable(self._why.message, fix=self._why.fix) from self._why

    async def aclose(self) -> None:
        return


def plugin_model(settings: Settings) -> PluginModel:
    """Return the model of the plugin that the settings name; raises ConfigError where there is none, or it is off.

    A plugin that breaks ends no service: its model is unavailable, as a model server is that went away.
    """
    name = settings.engine_name
    if settings.plugins_off_names & {name, "all"}:
        raise ConfigError(f"The engine {name} is switched off.", fix="Take it out of GLASSDOME_PLUGINS_OFF.")
    entry = next((entry for entry in installed(ENGINE_GROUP) if entry.name == name), None)
    if entry is None:
        raise ConfigError(f"There is no engine {name}.", fix="Install its plugin, or correct GLASSDOME_ENGINE.")
    try:
        return wrap_unexpected_now(f"The engine {name}", lambda: _made(load(entry), settings))
    except GlassdomeError as exc:
        return PluginModel(name, _BrokenModel(name, exc), timeout=settings.model_timeout)


def _made(make: object, settings: Settings) -> PluginModel:
    if not callable(make):
        raise ConfigError(f"The plugin {settings.engine_name} is not a function of the settings.")
    made = cast("LanguageModel", make(settings))
    return PluginModel(settings.engine_name, made, timeout=settings.model_timeout)
