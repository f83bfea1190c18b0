"""The order of the stages: the only file that knows it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import Final, TypeVar

from glassdome.core.clock import Clock, SystemClock
from glassdome.core.errors import EngineError, GlassdomeError, PolicyRefused, TransportError
from glassdome.core.limits import MAX_LISTED_ATTACHMENTS
from glassdome.core.shipped import load_shipped
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.facts import facts_of
from glassdome.engine.builtin.file_lines import file_lines, summary_of_files
from glassdome.engine.builtin.triage import TRAINED
from glassdome.engine.gate import skip_reason
from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file
from glassdome.pipeline.drawings import with_drawings
from glassdome.pipeline.files import in_time, with_files
from glassdome.pipeline.meaning import is_unsure, with_meaning
from glassdome.pipeline.plugins import SHIPPED, Extended
from glassdome.ports.files import FileReader
from glassdome.ports.model import Engine
from glassdome.signals import asked_of, detect
from glassdome.signals.sensitive import find_sensitive
from glassdome.values.analysis import Analysis, AttachedFile
from glassdome.values.ask import Asked
from glassdome.values.context import Context
from glassdome.values.fact import Fact
from glassdome.values.masking import Masker
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion, Usage
from glassdome.values.refs import MessageRef
from glassdome.values.role import UNTESTED, Grant
from glassdome.values.signal import SensitiveFinding, Signal
from glassdome.values.verdict import Verdict
from glassdome.verdict import decide, masked_facts, masked_opinion, masked_signals

__all__ = [
    "Examined",
    "JudgeOptions",
    "Judged",
    "analyze_raw",
    "classify",
    "classify_read",
    "examine",
    "judge",
    "warm_up",
]

T = TypeVar("T")
#: Bytes above which parsing leaves the event loop: below, a thread costs more than the few milliseconds it saves.
THREAD_BYTES: Final = 128 * 1024
#: The skip policy's name for an exact repeat, as `engine_skip` spells it, and for a mailbox that forbids the model.
REPEAT, PRIVATE = "repeat", "private"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """The findings of the pure stages; `files` has a line on the content of each attachment."""

    signals: tuple[Signal, ...]
    sensitive: tuple[SensitiveFinding, ...]
    builtin: Opinion
    asked: Asked = field(default_factory=Asked)
    facts: tuple[Fact, ...] = ()
    files: tuple[str, ...] = ()


Load = Callable[[Message], Awaitable[Context]]
Repeat = Callable[[Message, Engine, Context], Awaitable[Opinion | None]]
#: Asks the model by the given call, or waits for the answer to the same content; returns whether it waited.
Share = Callable[[Message, Engine, Context, Callable[[], Awaitable[Opinion]]], Awaitable[tuple[Opinion, bool]]]
Observe = Callable[[str, float], None]
Parse = Callable[..., Message]


@cache
def _builtin() -> BuiltinEngine:
    return BuiltinEngine()


async def _no_repeat(message: Message, engine: Engine, context: Context) -> Opinion | None:
    return None


async def _unshared(
    message: Message, engine: Engine, context: Context, call: Callable[[], Awaitable[Opinion]]
) -> tuple[Opinion, bool]:
    return await call(), False


def _unobserved(stage: str, seconds: float) -> None:
    """Forget it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOptions:
    """The options for judging messages.

    `engine` is None for the built-in one alone, `grant` what its model earned, `builtin` None for the one that is shipped;
    `extended` has the detectors, with those of plugins. `policies` say when no model call is made (`engine.gate.POLICIES`);
    `repeat` finds the model's opinion of the same content, `share` makes one call of several for it at the same moment;
    `observe` is told each stage's seconds; `parse` is called as `parse_message`. `files` reads attached files, None
    for the findings of parsing alone. `meaning`: it has an encoder (`files.meaning.has_encoder`), which is asked for the meaning of words. `tries` bounds how often one mail is shown to a model that takes too long.
    """

    engine: Engine | None = None
    grant: Grant = UNTESTED
    builtin: BuiltinEngine | None = None
    extended: Extended = SHIPPED
    authserv_ids: frozenset[str] = frozenset()
    clock: Clock = field(default_factory=SystemClock)
    policies: frozenset[str] = frozenset()
    repeat: Repeat = _no_repeat
    share: Share = _unshared
    observe: Observe = _unobserved
    parse: Parse = parse_message
    files: FileReader | None = None
    meaning: bool = False
    tries: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An analysis with the message it is of; `error` is why the model gave no opinion, where it was asked in vain.

    `asked_seconds` is the time that asking took, waiting for room included.
    """

    analysis: Analysis
    message: Message
    error: GlassdomeError | None = None
    asked_seconds: float = 0.0


async def judge(raw: bytes, ref: MessageRef, *, load: Load, options: JudgeOptions) -> Judged:
    """Take one message all the way to its analysis; raises ParseError, and whatever `load` raises.

    An engine that fails never does: its message gets the built-in verdict, marked degraded.
    """
    await warm_up()
    start = time.perf_counter()
    message = await _timed(options, "parse", len(raw), lambda: options.parse(raw, authserv_ids=options.authserv_ids))
    message = await _read_files(message, raw, options)
    context = await load(message)
    # A small archive may hold megabytes of words.
    read = sum(len(attachment.text) for attachment in message.attachments)
    examined = await _timed(
        options, "examine", max(len(raw), read), lambda: examine(message, context, options.builtin, options.extended)
    )
    examined = await _read_meaning(message, examined, context, options)
    begun = time.perf_counter()
    opinion, skipped, error = await _ask(message, examined, context, options)
    asked = time.perf_counter() - begun
    verdict = _verdict(message, examined, context, opinion, skipped, error, options.extended, grant=options.grant)
    seconds = time.perf_counter() - start
    options.observe("all", seconds)
    analysis = _analysis(ref, message, examined, verdict, opinion, seconds=seconds, options=options)
    return Judged(analysis=analysis, message=message, error=error, asked_seconds=asked)


async def _read_files(message: Message, raw: bytes, options: JudgeOptions) -> Message:
    """Return the message with what a reader found in its files; at once where there is no reader."""
    if options.files is None:
        return message
    start = time.perf_counter()
    try:
        return await with_drawings(await with_files(message, raw, options.files), raw, options.files)
    finally:
        options.observe("files", time.perf_counter() - start)


async def _read_meaning(message: Message, examined: Examined, context: Context, options: JudgeOptions) -> Examined:
    """Return the findings with the meaning of the words, where there is an encoder and the fast path is unsure."""
    if options.files is None or not options.meaning:
        return examined
    fast = _verdict(message, examined, context, None, "", None, options.extended)
    if not is_unsure(message, fast, learnt=fast.language in TRAINED):
        return examined
    start = time.perf_counter()
    try:
        return replace(examined, builtin=await with_meaning(message, examined.builtin, options.files))
    finally:
        options.observe("meaning", time.perf_counter() - start)


async def analyze_raw(raw: bytes, ref: MessageRef, context: Context, *, options: JudgeOptions) -> Analysis:
    """Judge a message outside any mailbox; raises ParseError."""

    async def load(message: Message) -> Context:
        return context

    return (await judge(raw, ref, load=load, options=options)).analysis


#: First mails, in two languages: they fill the caches of patterns, in addition to the shipped data.
_FIRST: Final = (
    "<p>Bitte lesen Sie diesen Brief bis Freitag und antworten Sie mir danach.</p>",
    "<p>Please read this letter and sign it by Friday, and answer me within 3 days after you have done so.</p>",
)


async def warm_up() -> None:
    """Load the data in a thread, unless that is done: it would stop the event loop, or be late for Rspamd."""
    if not _first_mails.cache_info().currsize:
        await asyncio.to_thread(_first_mails)


@cache
def _first_mails() -> None:
    load_shipped()
    head = "From: Warm Up <warm@up.invalid>\r\nSubject: Warm up\r\nContent-Type: text/html\r\n\r\n"
    link = '<a href="http://one.invalid/">www.two.invalid</a>\r\n'
    for body in _FIRST:
        classify(f"{head}{body}\r\n{link}".encode(), for_file(now=datetime.fromtimestamp(0, UTC)))


def classify(
    raw: bytes,
    context: Context,
    *,
    authserv_ids: frozenset[str] = frozenset(),
    engine: BuiltinEngine | None = None,
    extended: Extended = SHIPPED,
) -> Verdict:
    """Return the built-in engine's verdict, about a millisecond and without any I/O; raises ParseError."""
    message = parse_message(raw, authserv_ids=authserv_ids)
    return _verdict(message, examine(message, context, engine, extended), context, None, "", None, extended)


async def classify_read(
    raw: bytes, context: Context, *, options: JudgeOptions, seconds: float | None = None
) -> Verdict:
    """Return the built-in engine's verdict with attached files read, as far as `seconds` go; raises ParseError."""
    message = await asyncio.to_thread(options.parse, raw, authserv_ids=options.authserv_ids)
    start = time.perf_counter()
    message = await in_time(_read_files(message, raw, options), message, seconds)
    examined = await asyncio.to_thread(examine, message, context, options.builtin, options.extended)
    left = None if seconds is None else max(0.0, seconds - (time.perf_counter() - start))
    examined = await in_time(_read_meaning(message, examined, context, options), examined, left)
    return await asyncio.to_thread(_verdict, message, examined, context, None, "", None, options.extended)


def examine(
    message: Message, context: Context, engine: BuiltinEngine | None = None, extended: Extended = SHIPPED
) -> Examined:
    """Run the pure stages over a parsed message."""
    asked = asked_of(message, context)
    context = replace(context, asked=asked)
    signals, sensitive = detect(message, context, detectors=extended.detectors), find_sensitive(message)
    builtin = (engine or _builtin()).read(message, signals=signals, sensitive=sensitive, context=context)
    facts = facts_of(message, language=builtin.language, categories=builtin.categories, now=context.now)
    files = file_lines(message, facts, language=builtin.language, standing=asked.standing, now=context.now)
    if files and (summary := summary_of_files(message, files)):
        builtin = replace(builtin, summary=summary)
    return Examined(signals=signals, sensitive=sensitive, builtin=builtin, asked=asked, facts=facts, files=files)


async def _ask(
    message: Message, examined: Examined, context: Context, options: JudgeOptions
) -> tuple[Opinion | None, str, GlassdomeError | None]:
    """Return the model's opinion, or the policy under which it was not asked, or the error why it has none."""
    engine = options.engine
    if engine is None:
        return None, "", None
    if REPEAT in options.policies and (known := await options.repeat(message, engine, context)):
        return replace(known, usage=Usage()), REPEAT, None
    skipped = skip_reason(
        message, builtin=examined.builtin, signals=examined.signals, context=context, policies=options.policies
    )
    if skipped:
        return None, skipped, None
    read = partial(
        engine.read,
        message,
        signals=examined.signals,
        sensitive=examined.sensitive,
        builtin=examined.builtin,
        context=context,
    )
    share = options.share if REPEAT in options.policies else _unshared
    start = time.perf_counter()
    try:
        found, shared = await share(message, engine, context, read)
    except PolicyRefused:
        return None, PRIVATE, None
    except (EngineError, TransportError) as exc:
        return None, "", exc
    finally:
        options.observe("model", time.perf_counter() - start)
    return (replace(found, usage=Usage()), REPEAT, None) if shared else (found, "", None)


def _verdict(
    message: Message,
    examined: Examined,
    context: Context,
    opinion: Opinion | None,
    skipped: str,
    error: GlassdomeError | None,
    extended: Extended,
    *,
    grant: Grant = UNTESTED,
) -> Verdict:
    return decide(
        message,
        signals=examined.signals,
        sensitive=examined.sensitive,
        builtin=examined.builtin,
        opinion=opinion,
        grant=grant,
        context=context,
        weights=extended.weights,
        asked=examined.asked,
        degraded_reason=error.code if error is not None else "",
        skipped=skipped,
    )


def _analysis(
    ref: MessageRef,
    message: Message,
    examined: Examined,
    verdict: Verdict,
    opinion: Opinion | None,
    *,
    seconds: float,
    options: JudgeOptions,
) -> Analysis:
    """Return the record to store: sensitive values of the mail are masked in it."""
    masker, now = Masker.of(message, examined.sensitive), options.clock.now()
    lines = dict(enumerate(examined.files))
    return Analysis(
        ref=ref,
        message_id=message.message_id,
        thread_id=message.thread_id,
        subject=masker.text(message.subject),
        header_from=message.author,
        date=message.date,
        content_hash=message.content_hash,
        verdict=verdict,
        signals=masked_signals(examined.signals, masker),
        processing_time=seconds,
        analyzed_at=now,
        received_at=min(message.received or message.date or now, now),
        opinion=masked_opinion(opinion, masker) if opinion is not None else None,
        attachments=tuple(
            AttachedFile(
                name=masker.text(item.filename),
                type=item.true_type or item.declared_type,
                bytes=item.size,
                read=item.read,
                summary=masker.text(lines.get(number, "")),
            )
            for number, item in enumerate(message.attachments[:MAX_LISTED_ATTACHMENTS])
        ),
        facts=masked_facts(message, examined.facts, examined.sensitive),
    )


async def _timed(options: JudgeOptions, name: str, size: int, work: Callable[[], T]) -> T:
    start = time.perf_counter()
    try:
        return await asyncio.to_thread(work) if size > THREAD_BYTES else work()
    finally:
        options.observe(name, time.perf_counter() - start)
