"""The engine: builds the prompt, asks the model once, checks the answer, asks once more where it was unusable."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar

from glassdome.core import limits, log
from glassdome.core.errors import OutputInvalid, PromptTooLarge
from glassdome.engine.builtin.language import language_of
from glassdome.engine.llm.clean import clean_lines, clean_phrase
from glassdome.engine.llm.decode import decode
from glassdome.engine.llm.foreign import foreign_references
from glassdome.engine.llm.obedient import obeys, repeats_prompt
from glassdome.engine.llm.opinion import Reading, other_language, read_answer
from glassdome.engine.llm.schema import READING_SCHEMA, REPLY_SCHEMA, THREAD_SCHEMA
from glassdome.engine.prompt.build import BuiltPrompt, PromptBudget, build_prompt
from glassdome.engine.prompt.privacy import sensitive_values, veil
from glassdome.engine.prompt.tokens import TokenScale
from glassdome.engine.prompt.version import READING, REPLY, THREAD, PromptVersion, load_version
from glassdome.ports.model import Completion, DigestedModel, LanguageModel, Prompt
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Draft, Opinion, Usage
from glassdome.values.signal import SensitiveFinding, Signal

__all__ = ["Draft", "LlmEngine"]

T = TypeVar("T")
_Build = Callable[..., BuiltPrompt]
_log = log.get_logger(__name__)

#: Read at import: an engine is made on the event loop, where no file may be read.
_READING, _REPLY, _THREAD = load_version(READING), load_version(REPLY), load_version(THREAD)
#: Tokens for one reading: a full answer has 400, half as much again for languages that cost more.
READING_TOKENS: Final = 900
#: Tokens for one draft.
REPLY_TOKENS: Final = 700
#: Tokens for the summary of a thread.
THREAD_TOKENS: Final = 400
#: A repair after an answer that ran out of tokens may write this much more.
_REPAIR_FACTOR: Final = 1.5
#: Tokens of the sentence that asks for a repair.
_REPAIR_TOKENS: Final = 80
#: Prompts built for one mail when the server says that they do not fit; each is a third smaller.
_MOST_FITTINGS: Final = 4
#: A server that counted fewer tokens than this share of the estimate has cut the prompt.
_CUT_SHARE: Final = 0.15
#: Tokens of the smallest context in use; and the share by which counts of prompts that fill a context may differ.
_LEAST_CONTEXT: Final = 256
_SAME_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """The parameters of one question, apart from the mail."""

    version: PromptVersion
    schema: Mapping[str, Any]
    tokens: int


class LlmEngine:
    """An engine on any LanguageModel. It keeps no mail; what it learns is how many tokens the model takes."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        name: str,
        mail_chars: int | Callable[[], int] = 6_000,
        answer_tokens: int = READING_TOKENS,
        boundary: Callable[[], str] = lambda: secrets.token_hex(12),
    ) -> None:
        """`name` is what analyses record as engine; `mail_chars` is Settings.max_email_size, or answers it at each call.

        `boundary` is for tests.
        """
        self.name = name
        self._model = model
        self._mail_chars = mail_chars if callable(mail_chars) else lambda: mail_chars
        self._boundary = boundary
        self._scale = TokenScale()
        self._suspected, self._counts_otherwise = 0, False
        self._reading = _Ask(version=_READING, schema=READING_SCHEMA, tokens=answer_tokens)
        self._reply = _Ask(version=_REPLY, schema=REPLY_SCHEMA, tokens=min(answer_tokens, REPLY_TOKENS))
        self._thread = _Ask(version=_THREAD, schema=THREAD_SCHEMA, tokens=min(answer_tokens, THREAD_TOKENS))

    @property
    def model(self) -> str:
        """The model's name; empty until a server whose only model was meant has told it."""
        return self._model.name

    @property
    def prompt_version(self) -> str:
        """The version that a reading is stored with; another one means that older readings may be repeated."""
        return self._reading.version.id(READING_SCHEMA)

    async def read(
        self,
        message: Message,
        *,
        signals: Sequence[Signal],
        sensitive: Sequence[SensitiveFinding],
        builtin: Opinion,
        context: Context,
    ) -> Opinion:
        """Return a validated opinion of one call, or two where the first answer was unusable.

        Raises PolicyRefused when `engine_access` is `never`; ModelUnavailable, ModelMissing, PromptTooLarge;
        OutputInvalid when the repaired answer is unusable too.
        """
        wanted = context.preferences.summary_language
        build = partial(build_prompt, message, signals=signals, sensitive=sensitive, context=context, language=wanted)

        def accept(answer: Mapping[str, Any], built: BuiltPrompt) -> Opinion:
            reading = Reading(
                message=message,
                sensitive=sensitive,
                builtin=builtin,
                system=built.prompt.system,
                boundary=built.boundary,
                summary_language=wanted,
            )
            return read_answer(answer, reading)

        opinion, usage = await self._ask(self._reading, build, accept)
        return replace(
            opinion, engine=self.name, model=self.model, prompt_version=self.prompt_version, usage=builtin.usage + usage
        )

    async def draft(
        self,
        message: Message,
        *,
        signals: Sequence[Signal],
        sensitive: Sequence[SensitiveFinding],
        context: Context,
        owner: Sequence[str] = (),
    ) -> Draft:
        """Draft a reply in a call of its own; `owner` are links, addresses and numbers the owner lets drafts name.

        A draft with a link, address or number that neither the mail nor the owner gave is refused. Raises as `read`.
        """
        build = partial(build_prompt, message, signals=signals, sensitive=sensitive, context=context)
        values = sensitive_values(message, sensitive)

        def accept(answer: Mapping[str, Any], built: BuiltPrompt) -> str | None:
            text = veil(clean_lines(answer["reply"], limits.MAX_REPLY_CHARS), values)
            if not answer["needed"] or not text:
                return None
            if repeats_prompt(text, system=built.prompt.system, boundary=built.boundary):
                raise OutputInvalid("it repeated its instructions")
            if other_language(text, language_of(message.subject, message.new_text or message.text)):
                raise OutputInvalid("the reply was in another language than the e-mail")
            if foreign_references(text, message, context.mailbox, *owner):
                raise OutputInvalid("the reply named a link, address or number that is not in the e-mail")
            return text

        text, usage = await self._ask(self._reply, build, accept)
        return Draft(text=text, prompt_version=self._reply.version.id(REPLY_SCHEMA), usage=usage)

    async def retell(self, notes: Message, *, context: Context, language: str) -> Draft:
        """Write the summary of a thread; `notes` holds the one so far and sentences of the mails since.

        Words in another language than `language` (empty: any), an order, or a link, address or number that the notes do not
        give make it unusable. Raises as `read`.
        """
        build = partial(build_prompt, notes, signals=(), sensitive=(), context=context, language=language)

        def accept(answer: Mapping[str, Any], built: BuiltPrompt) -> str:
            text = clean_phrase(answer["summary"], limits.MAX_SUMMARY_CHARS)
            if repeats_prompt(text, system=built.prompt.system, boundary=built.boundary) or obeys(text):
                raise OutputInvalid("it repeated instructions")
            if other_language(text, language.partition("-")[0].lower()):
                raise OutputInvalid("the summary was in another language")
            if foreign_references(text, notes):
                raise OutputInvalid("the summary named a link, address or number that is not in the e-mails")
            return text

        text, usage = await self._ask(self._thread, build, accept)
        return Draft(text=text or None, prompt_version=self._thread.version.id(THREAD_SCHEMA), usage=usage)

    async def digest(self) -> str:
        """Return a name for the model's weights, empty if there is none; raises ModelUnavailable, ModelMissing."""
        return await self._model.digest() if isinstance(self._model, DigestedModel) else ""

    async def aclose(self) -> None:
        """Close the model's connections."""
        await self._model.aclose()

    async def _ask(
        self, ask: _Ask, build: _Build, accept: Callable[[Mapping[str, Any], BuiltPrompt], T]
    ) -> tuple[T, Usage]:
        """Ask, and once more after an unusable answer; the repaired call is counted apart."""
        built, done = await self._first_answer(ask, build)
        usage = Usage(calls=1, tokens_in=done.tokens_in, tokens_out=done.tokens_out, seconds=done.seconds)
        try:
            return accept(_decoded(done, ask.schema), built), usage
        except OutputInvalid as exc:
            _log.warning("model_answer_unusable", model=done.model, fault=exc.message, host=done.host)
            repair = _repair(built.prompt, ask, fault=exc.message)
        done = await self._model.complete(repair)
        usage += Usage(repairs=1, tokens_in=done.tokens_in, tokens_out=done.tokens_out, seconds=done.seconds)
        try:
            return accept(_decoded(done, ask.schema), built), usage
        except OutputInvalid as exc:
            raise OutputInvalid(
                f"The model's answer was not usable, twice: {exc.message}.", model=done.model, usage=usage
            ) from exc

    async def _first_answer(self, ask: _Ask, build: _Build) -> tuple[BuiltPrompt, Completion]:
        """Ask with the largest prompt that fits; a refusal by the server for its length costs no inference."""
        facts = await self._model.facts()
        budget = self._budget(facts.context_tokens, ask)
        for _ in range(_MOST_FITTINGS - 1):
            built = self._build(ask, build, budget)
            try:
                return built, await self._complete(built)
            except PromptTooLarge as exc:
                self._scale.refused()
                _log.info("prompt_did_not_fit", model=facts.model, reason=exc.message, factor=self._scale.factor)
        built = self._build(ask, build, budget)
        return built, await self._complete(built)

    def _build(self, ask: _Ask, build: _Build, budget: PromptBudget) -> BuiltPrompt:
        return build(
            version=ask.version, schema=ask.schema, budget=budget, scale=self._scale, boundary=self._boundary()
        )

    def _budget(self, context_tokens: int, ask: _Ask) -> PromptBudget:
        answer = min(ask.tokens, context_tokens // 3)
        return PromptBudget(
            context_tokens=context_tokens,
            answer_tokens=answer,
            repair_tokens=int(answer * (_REPAIR_FACTOR - 1)) + _REPAIR_TOKENS,
            mail_chars=self._mail_chars(),
        )

    async def _complete(self, built: BuiltPrompt) -> Completion:
        done = await self._model.complete(built.prompt)
        if 0 < done.tokens_in < built.tokens * _CUT_SHARE and self._is_cut(done.tokens_in):
            raise PromptTooLarge("The model server cut the prompt.", counted=done.tokens_in, estimated=built.tokens)
        self._scale.observe(estimated=round(built.tokens / self._scale.factor), counted=done.tokens_in)
        return done

    def _is_cut(self, counted: int) -> bool:
        """Tell a prompt that was cut from one that was counted otherwise, for example without its cached part.

        A cut prompt fills the server's context each time; other counts follow the prompt, or are below any context.
        """
        if self._counts_otherwise:
            return False
        before, self._suspected = self._suspected, counted
        if counted < _LEAST_CONTEXT or (before and abs(before - counted) > before * _SAME_SHARE):
            self._counts_otherwise, self._scale = True, TokenScale()
            _log.info("tokens_counted_otherwise", model=self.model, counted=counted)
        return not self._counts_otherwise


def _decoded(done: Completion, schema: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return decode(done.text, schema)
    except OutputInvalid as exc:
        if done.finish == "length":
            raise OutputInvalid("it was cut off before its end") from exc
        raise


def _repair(prompt: Prompt, ask: _Ask, *, fault: str) -> Prompt:
    """The same prompt with one sentence behind it, so that the server's cache holds all but that sentence."""
    user = f"{prompt.user}\n\n{ask.version.repair.format(fault=fault)}"
    return replace(prompt, user=user, max_tokens=int(prompt.max_tokens * _REPAIR_FACTOR))
