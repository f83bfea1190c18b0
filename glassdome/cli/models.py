"""`glassdome models`: what the model server has, fetching a model, trying it, and measuring what it carries."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import typer
from rich.table import Table

from glassdome.bootstrap.models import Model, engine_of, language_model
from glassdome.bootstrap.roles import known_speed
from glassdome.cli.console import bytes_bar, err, errors_told, load_settings, out, print_json, progress_bar, run
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, ModelUnavailable
from glassdome.demo.samples import AUTHSERV_ID, MAILBOX, samples
from glassdome.engine.llm import LlmEngine
from glassdome.engine.llm.bench import BenchStep, best_step, measure
from glassdome.integrations.ollama import OllamaModel
from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import Examined, examine
from glassdome.shapes.model_speed import speed_sentence, speed_shape
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion, Usage
from glassdome.values.speed import ModelSpeed

#: Seconds between two questions to a server that is starting.
_ASK_AGAIN_SECONDS: Final = 1.0

__all__ = ["bench", "list_models", "pull", "try_model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """A sample, ready to be read."""

    name: str
    message: Message
    examined: Examined
    context: Context


def _settings(**arguments: Any) -> Settings:
    """Read the settings, telling errors; before the loop runs, for it reads files."""
    with errors_told():
        return load_settings(**arguments)


def _model(settings: Settings) -> Model:
    model = language_model(settings)
    if model is None:
        raise ConfigError("No language model is configured.", fix="Set OLLAMA_HOST, or GLASSDOME_ENGINE.")
    return model


def _mails() -> list[_Mail]:
    context = replace(for_file(now=datetime.now(UTC)), mailbox=MAILBOX)
    found = []
    for sample in samples():
        message = parse_message(sample.raw, authserv_ids=frozenset({AUTHSERV_ID}))
        found.append(_Mail(name=sample.name, message=message, examined=examine(message, context), context=context))
    return found


async def _read(engine: LlmEngine, mail: _Mail) -> Opinion:
    found = mail.examined
    return await engine.read(
        mail.message, signals=found.signals, sensitive=found.sensitive, builtin=found.builtin, context=mail.context
    )


def list_models(*, json: bool) -> None:
    """List the models that the server has; the one in use is marked."""

    settings = _settings()

    async def work() -> tuple[str, tuple[str, ...], ModelSpeed | None]:
        model = _model(settings)
        try:
            installed = await model.installed()
            return model.name, installed, await known_speed(engine_of(model, settings), settings)
        finally:
            await model.aclose()

    used, installed, speed = run(work())
    absent = bool(used) and not {used, f"{used}:latest"} & {*installed}
    if json:
        shown = speed_shape(speed) | {"slow": speed.slow} if speed is not None else None
        print_json({"model": used, "installed": list(installed), "absent": absent, "speed": shown})
        return
    for name in installed:
        out.print(
            f"{'*' if name in (used, f'{used}:latest') else ' '} {name}", highlight=False, markup=False, soft_wrap=True
        )
    if not installed:
        out.print("The server has no model. Fetch one: glassdome models pull llama3.2:3b", markup=False)
    elif absent:
        fix = f"Fetch it: glassdome models pull {used}" if settings.engine_name == "ollama" else "Set GLASSDOME_MODEL."
        said = f"The configured model {used} is not there. {fix}"
        out.print(said, markup=False, highlight=False, soft_wrap=True)
    if speed is not None and speed.slow:
        said = f"It is slow: in the last hour {speed_sentence(speed)}."
        out.print(said, markup=False, highlight=False, soft_wrap=True)


def pull(*, model: str, wait: float = 0) -> None:
    """Fetch a model to every configured Ollama server."""

    settings = _settings()

    async def work() -> None:
        found = _model(settings)
        if not isinstance(found, OllamaModel):
            await found.aclose()
            raise ConfigError("Only Ollama fetches models.", fix="Give other servers their model when they start.")
        try:
            with bytes_bar() as bar:
                task = bar.add_task("pulling", total=None)
                await _there(found, wait)
                async for step in found.pull(model or settings.ollama_model):
                    bar.update(task, description=step.status, completed=step.completed, total=step.total or None)
        finally:
            await found.aclose()

    run(work())
    err.print(f"{model or 'The model'} is there.", markup=False)


async def _there(model: Model, seconds: float) -> None:
    """Wait so long for the server to answer; a later problem shows in the next request."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            await model.installed()
            return
        except ModelUnavailable:
            await asyncio.sleep(_ASK_AGAIN_SECONDS)


def try_model(*, json: bool) -> None:
    """Ask the model one question about a sample mail and show its opinion."""

    settings = _settings()

    async def work(mail: _Mail) -> tuple[Opinion, dict[str, Any]]:
        model = _model(settings)
        try:
            facts = await model.facts()
            return await _read(engine_of(model, settings), mail), asdict(facts)
        finally:
            await model.aclose()

    opinion, facts = run(work(_mails()[0]))
    if json:
        print_json({"facts": facts, "opinion": asdict(opinion)})
        return
    usage = opinion.usage
    out.print(f"{facts['model']} on {facts['server']}, context {facts['context_tokens']} tokens", markup=False)
    out.print(f"{usage.seconds:.1f} s, {usage.tokens_in} tokens read, {usage.tokens_out} written", markup=False)
    out.print(opinion.summary, markup=False)


def bench(*, mails: int, steps: str, seconds: float, json: bool) -> None:
    """Measure for so many seconds how many mails a day this machine carries, and the best number of requests at once."""
    numbers = _numbers(steps)
    texts = _mails()
    work = [texts[n % len(texts)] for n in range(mails)]
    # Our own limit must not hide the server's.
    settings = _settings(model_concurrency=max(numbers))
    found = run(_bench(work, numbers, settings, seconds))
    best = best_step(found)
    if json:
        print_json(
            {"steps": [_row(step) for step in found], "best": best.concurrency, "mails_per_day": best.mails_per_day}
        )
        return
    if not best.mails:
        most = int(86_400 / max(best.seconds, 1))
        said = f"No mail was answered in {best.seconds:.0f} seconds: fewer than {most} mails a day."
        out.print(said, markup=False)
        return
    out.print(_table(found))
    out.print(f"Best: {best.concurrency} at once, about {best.mails_per_day} mails a day.", markup=False)
    if best.refused:
        out.print(f"{best.refused} of {best.mails} answers were unusable and got the built-in verdict.", markup=False)


def _numbers(text: str) -> list[int]:
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or not all(1 <= n <= 256 for n in found):
        raise typer.BadParameter("Write numbers from 1 to 256 with commas between.")
    return found


async def _bench(mails: Sequence[_Mail], numbers: Sequence[int], settings: Settings, seconds: float) -> list[BenchStep]:
    model = _model(settings)
    engine = engine_of(model, settings)

    async def read(mail: _Mail) -> Usage:
        return (await _read(engine, mail)).usage

    try:
        with progress_bar(unit="mails") as bar:
            task = bar.add_task("measuring", total=len(numbers) * len(mails) + 1, note="")
            found = []
            one = partial(bar.update, task, advance=1)
            async for step in measure(mails, read, steps=numbers, seconds=seconds, advanced=one):
                found.append(step)
                bar.update(task, note=f"{step.mails_per_day} mails a day at {step.concurrency}")
            return found
    finally:
        await model.aclose()


def _row(step: BenchStep) -> dict[str, Any]:
    return {
        "concurrency": step.concurrency,
        "seconds_per_mail": round(step.seconds_per_mail, 3),
        "tokens_per_second": round(step.tokens_per_second, 1),
        "written_per_second": round(step.written_per_second, 1),
        "mails_per_day": step.mails_per_day,
        "refused": step.refused,
    }


def _table(steps: Sequence[BenchStep]) -> Table:
    table = Table("at once", "s per mail", "tokens/s", "written/s", "mails a day", "refused")
    for step in steps:
        table.add_row(*(str(value) for value in _row(step).values()))
    return table
