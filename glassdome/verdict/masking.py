"""Hides sensitive values in everything that is kept of a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from glassdome.core.limits import MAX_PHRASE_CHARS, MAX_REPLY_CHARS, MAX_SUMMARY_CHARS
from glassdome.values.ask import Ask
from glassdome.values.fact import Fact
from glassdome.values.masking import Masker
from glassdome.values.message import Message
from glassdome.values.opinion import ActionItem, Opinion, Reason
from glassdome.values.signal import Evidence, SensitiveFinding, Signal
from glassdome.values.verdict import Verdict

__all__ = ["masked_facts", "masked_opinion", "masked_signals", "masked_verdict"]

_Said = TypeVar("_Said", Verdict, Opinion)


def masked_verdict(verdict: Verdict, masker: Masker) -> Verdict:
    """Return `verdict` with no sensitive value of the mail in its words."""
    return replace(_masked(verdict, masker), asks=_asks(verdict.asks, masker)) if masker else verdict


def masked_opinion(opinion: Opinion, masker: Masker) -> Opinion:
    """Return `opinion` with no sensitive value of the mail in its words."""
    return _masked(opinion, masker)


def _masked(said: _Said, masker: Masker) -> _Said:
    """Mask every field that holds words; one list of them, so that neither value can be forgotten."""
    if not masker:
        return said
    return replace(
        said,
        summary=masker.text(said.summary)[:MAX_SUMMARY_CHARS],
        categories=tuple(map(masker.text, said.categories)),
        tags=tuple(map(masker.text, said.tags)),
        phishing_reasons=_reasons(said.phishing_reasons, masker),
        action_items=_action_items(said.action_items, masker),
        auto_reply_suggestion=_draft(said.auto_reply_suggestion, masker),
    )


#: Data that a person needs of a bill, a booking or a pay slip in a file, and that its facts are there to give.
_TOLD: Final = frozenset(("iban", "bic", "bank_account", "phone_number", "salary"))


def masked_facts(message: Message, facts: Iterable[Fact], sensitive: Sequence[SensitiveFinding]) -> tuple[Fact, ...]:
    """Return `facts` with no sensitive value of the mail in them; of a file's, the account, the number to call and the pay are given."""
    values = Masker.of(message, (finding for finding in sensitive if finding.type not in _TOLD))
    words = Masker.of(message, sensitive)
    if not words:
        return tuple(facts)
    return tuple(
        replace(
            fact,
            value=(words if fact.where == "body" else values).text(fact.value),
            evidence=words.text(fact.evidence),
            where=_place(fact.where, words),
        )
        for fact in facts
    )


def masked_signals(signals: Iterable[Signal], masker: Masker) -> tuple[Signal, ...]:
    """Return `signals` with no sensitive value of the mail in their words."""
    if not masker:
        return tuple(signals)
    return tuple(
        replace(signal, detail=masker.text(signal.detail), evidence=_evidence(signal.evidence, masker))
        if signal.hit
        else signal
        for signal in signals
    )


def _reasons(reasons: Iterable[Reason], masker: Masker) -> tuple[Reason, ...]:
    return tuple(
        replace(item, why=masker.text(item.why)[:MAX_PHRASE_CHARS], evidence=_evidence(item.evidence, masker))
        for item in reasons
    )


def _action_items(items: Iterable[ActionItem], masker: Masker) -> tuple[ActionItem, ...]:
    return tuple(
        replace(
            item,
            text=masker.text(item.text)[:MAX_PHRASE_CHARS],
            evidence=_evidence((item.evidence,), masker)[0],
            due=masker.text(item.due),
        )
        for item in items
    )


def _evidence(found: Iterable[Evidence], masker: Masker) -> tuple[Evidence, ...]:
    return tuple(
        replace(item, quote=masker.text(item.quote)[:MAX_PHRASE_CHARS], where=_place(item.where, masker))
        for item in found
    )


def _place(where: str, masker: Masker) -> str:
    """Mask the name of an attached file, which anybody may choose; our own names of places stay."""
    return masker.text(where) if " " in where or "." in where else where


def _asks(asks: Iterable[Ask], masker: Masker) -> tuple[Ask, ...]:
    return tuple(
        replace(
            ask,
            quote=masker.text(ask.quote)[:MAX_PHRASE_CHARS],
            why=masker.text(ask.why)[:MAX_PHRASE_CHARS],
            where=_place(ask.where, masker),
        )
        for ask in asks
    )


def _draft(draft: str | None, masker: Masker) -> str | None:
    return masker.text(draft)[:MAX_REPLY_CHARS] if draft is not None else None
