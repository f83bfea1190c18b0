"""Builds the prompt: the only place where text of a mail leaves for a language model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from glassdome.core import log
from glassdome.core.errors import PromptTooLarge
from glassdome.engine.prompt import mail
from glassdome.engine.prompt.cut import cut_text
from glassdome.engine.prompt.facts import fact_lines
from glassdome.engine.prompt.privacy import View, view
from glassdome.engine.prompt.tokens import TokenScale
from glassdome.engine.prompt.version import PromptVersion
from glassdome.ports.model import Prompt
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import SensitiveFinding, Signal

__all__ = ["BuiltPrompt", "PromptBudget", "build_prompt"]

_log = log.get_logger(__name__)

#: Tokens for the chat template's own words, and the share of the context kept free in addition.
_TEMPLATE_TOKENS: Final = 64
_SPARE: Final = 0.03
#: Most of that which header fields, attachment names and links may take.
_HEAD_SHARE: Final = 0.4
#: Fewer tokens than this for the mail are no reading.
_LEAST_MAIL_TOKENS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptBudget:
    """The size limits of a prompt: the model's context and the answer in tokens, characters of mail text.

    `repair_tokens` are kept free for a second question that is a sentence longer and may be answered at more length.
    """

    context_tokens: int
    answer_tokens: int
    mail_chars: int
    repair_tokens: int = 0

    @property
    def prompt_tokens(self) -> int:
        """Tokens for the whole prompt."""
        kept = self.answer_tokens + self.repair_tokens + _TEMPLATE_TOKENS
        return int(self.context_tokens * (1 - _SPARE)) - kept


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltPrompt:
    """A prompt, the boundary inside it, and what it should cost."""

    prompt: Prompt
    boundary: str
    tokens: int


def build_prompt(
    message: Message,
    *,
    version: PromptVersion,
    schema: Mapping[str, Any],
    signals: Sequence[Signal],
    sensitive: Sequence[SensitiveFinding],
    context: Context,
    budget: PromptBudget,
    scale: TokenScale,
    boundary: str,
    language: str = "",
) -> BuiltPrompt:
    """Build one prompt within its budget: constant instructions, settings, facts, and the mail last.

    `boundary` must be unguessable and new for each call; `language` is what the summary is to be written in, empty for
    the mail's own. Raises PolicyRefused when the mailbox lets no model see its mail, PromptTooLarge when the
    context has no room for any of it.
    """
    free = budget.prompt_tokens - scale.tokens(version.system)
    seen = view(message, access=context.preferences.model_access, sensitive=sensitive)
    facts = _facts(message, signals=signals, context=context, language=language)
    head = _head(message, seen, tokens=int(free * _HEAD_SHARE), scale=scale)
    preface = f"{facts}-----BEGIN MAIL {boundary}-----\n{head}\n\n"
    end = f"\n-----END MAIL {boundary}-----"
    left = free - scale.tokens(preface) - scale.tokens(end)
    if left < _LEAST_MAIL_TOKENS:
        raise PromptTooLarge(
            f"A context of {budget.context_tokens} tokens has no room for a mail.", fix="Raise OLLAMA_NUM_CTX."
        )
    text = mail.body(seen, chars=budget.mail_chars, tokens=left, count=lambda t: scale.tokens(mail.harmless(t)))
    user = f"{preface}{mail.harmless(text)}{end}"
    tokens = scale.tokens(version.system) + scale.tokens(user)
    prompt = Prompt(system=version.system, user=user, schema=schema, max_tokens=budget.answer_tokens)
    _audit(prompt, version=version, schema=schema, context=context, tokens=tokens)
    return BuiltPrompt(prompt=prompt, boundary=boundary, tokens=tokens)


def _facts(message: Message, *, signals: Sequence[Signal], context: Context, language: str) -> str:
    facts = "\n".join(f"- {line}" for line in fact_lines(message, signals=signals, context=context))
    return f"SETTINGS\n- language of the summary: {language or 'the language of the e-mail'}\n\nFACTS\n{facts}\n\n"


def _head(message: Message, seen: View, *, tokens: int, scale: TokenScale) -> str:
    """Header fields, attachments and links; names made of emoji must not take the place of the text."""
    lines = [*mail.header_lines(message, seen), *mail.attachment_lines(message, seen)]
    if seen.body:
        lines += mail.link_lines(message, seen)
    head = mail.harmless("\n".join(lines))
    return cut_text(head, reply=None, chars=len(head), tokens=max(tokens, 0), count=scale.tokens)


def _audit(prompt: Prompt, *, version: PromptVersion, schema: Mapping[str, Any], context: Context, tokens: int) -> None:
    """Record that text left, by hash and size, never by content."""
    _log.info(
        "prompt_built",
        mailbox=context.mailbox,
        engine_access=context.preferences.model_access.value,
        prompt_version=version.id(schema),
        sha256=hashlib.sha256(f"{prompt.system}\0{prompt.user}".encode()).hexdigest(),
        chars=len(prompt.system) + len(prompt.user),
        estimated_size=tokens,
    )
