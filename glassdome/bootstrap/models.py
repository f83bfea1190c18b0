"""Builds the engines from the settings: the language model and the classifier."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from glassdome.bootstrap.plugin_model import PluginModel, plugin_model
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, GlassdomeError, ModelMissing, ModelUnavailable
from glassdome.engine.gate import parse_policies
from glassdome.engine.llm.engine import LlmEngine
from glassdome.files.meaning import has_encoder
from glassdome.pipeline.own_model import builtin_engine
from glassdome.pipeline.plugins import extended
from glassdome.pipeline.process import JudgeOptions
from glassdome.ports.files import FileReader
from glassdome.ports.model import Engine, LanguageModel, TriedEngine
from glassdome.values.role import UNTESTED, Grant

if TYPE_CHECKING:
    from glassdome.integrations.llamacpp import LlamaCpp
    from glassdome.integrations.ollama.model import OllamaModel
    from glassdome.integrations.openai_server.model import OpenAiServer

__all__ = [
    "Model",
    "ask_model_server",
    "engine_of",
    "judge_options",
    "language_model",
    "open_engine",
    "probe_of",
]

#: Every language model also lists what its server holds; only Ollama can pull.
Model: TypeAlias = "OllamaModel | OpenAiServer | LlamaCpp | PluginModel"


def language_model(settings: Settings) -> Model | None:
    """Return the way to the configured model, None for the built-in engine alone; raises ConfigError, EngineError.

    Imports that model's client, and no other, when it is called: not for the event loop.
    """
    match settings.engine_name:
        case "ollama":
            from glassdome.integrations.model_tls import model_context
            from glassdome.integrations.ollama.hosts import parse_hosts
            from glassdome.integrations.ollama.model import OllamaModel

            return OllamaModel(
                settings.ollama_model,
                hosts=parse_hosts(settings.ollama_host or "127.0.0.1:11434"),
                num_ctx=settings.ollama_num_ctx,
                keep_alive=settings.ollama_keep_alive,
                timeout=settings.model_timeout,
                silence=settings.model_silence,
                temperature=settings.model_temperature,
                slots=settings.model_concurrency or 1,
                tls=model_context(settings),
            )
        case "openai":
            if not settings.openai_url:
                raise ConfigError(
                    "GLASSDOME_OPENAI_URL is not set.", fix="Write the server's base URL, http://gpu:8000/v1."
                )
            from glassdome.integrations.model_tls import model_context
            from glassdome.integrations.openai_server.model import OpenAiServer

            return OpenAiServer(
                settings.openai_url,
                model=settings.model,
                key=settings.model_key,
                timeout=settings.model_timeout,
                silence=settings.model_silence,
                temperature=settings.model_temperature,
                concurrency=settings.model_concurrency,
                tls=model_context(settings),
            )
        case "llamacpp":
            if not settings.model:
                raise ConfigError("GLASSDOME_MODEL is not set.", fix="Write the path of a GGUF file.")
            from glassdome.integrations.llamacpp import LlamaCpp

            return LlamaCpp(
                Path(settings.model),
                num_ctx=settings.ollama_num_ctx,
                threads=settings.model_threads,
                temperature=settings.model_temperature,
                timeout=settings.model_timeout,
            )
        case "builtin":
            return None
        case _:
            return plugin_model(settings)


def engine_of(model: LanguageModel, settings: Settings) -> LlmEngine:
    """Return the engine over a model."""
    return LlmEngine(
        model,
        name=settings.engine_name,
        mail_chars=settings.max_email_size,
        answer_tokens=settings.model_answer_tokens,
    )


@asynccontextmanager
async def open_engine(settings: Settings) -> AsyncIterator[TriedEngine | None]:
    """Yield the engine that the settings choose, None for the built-in one alone."""
    model = await asyncio.to_thread(language_model, settings)
    if model is None:
        yield None
        return
    try:
        yield engine_of(model, settings)
    finally:
        await model.aclose()


def judge_options(
    settings: Settings,
    *,
    engine: Engine | None,
    clock: Clock,
    grant: Grant = UNTESTED,
    files: FileReader | None = None,
) -> JudgeOptions:
    """Return how messages outside a mailbox are judged; `grant` is what the engine's model earned."""
    return JudgeOptions(
        engine=engine,
        grant=grant,
        builtin=builtin_engine(settings),
        extended=extended(settings),
        authserv_ids=settings.authserv_ids,
        clock=clock,
        policies=parse_policies(settings.engine_skip),
        files=files,
        meaning=has_encoder(),
    )


def probe_of(model: Model) -> Callable[[], Awaitable[None]]:
    """Return the check of the model server for `/health`: each call asks whether it is up and has the model."""

    async def probe() -> None:
        try:
            installed = await model.installed()
        except GlassdomeError as exc:
            raise ModelUnavailable(exc.message, fix=exc.fix) from exc
        # Ollama calls a name without a tag `latest`; a server of one model may leave its name to us.
        if model.name and not {model.name, f"{model.name}:latest"} & {*installed}:
            raise ModelMissing(
                f"The model server does not have {model.name!r}.", fix="Fetch it: glassdome models pull."
            )

    return probe


async def ask_model_server(settings: Settings) -> None:
    """Ask the model server that the settings name, if any, whether it has the model; raises GlassdomeError."""
    model = await asyncio.to_thread(language_model, settings)
    if model is None:
        return
    try:
        await probe_of(model)()
    finally:
        await model.aclose()
