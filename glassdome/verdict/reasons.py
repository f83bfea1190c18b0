"""The reasons of a verdict: verified, heaviest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from glassdome.core.limits import MAX_PHRASE_CHARS, MAX_REASONS
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion, Reason
from glassdome.values.signal import Signal
from glassdome.verdict.evidence import verified
from glassdome.verdict.score import Scores, contribution, unknown_signals
from glassdome.verdict.weights import Weights

__all__ = ["phishing_reasons"]

#: Log-odds below which a part is no reason anybody wants to read.
_WORTH_SAYING = 0.15


def _of_signals(message: Message, signals: Sequence[Signal], weights: Weights) -> Iterator[tuple[float, Reason]]:
    for signal in signals:
        weight = weights.signals.get(signal.name)
        worth = contribution(signal, weight) if weight else 0.0
        if worth < _WORTH_SAYING:
            continue
        found = verified(message, signal.evidence)
        if found or not signal.evidence:
            yield worth, Reason(signal=signal.name, why=signal.detail[:MAX_PHRASE_CHARS], evidence=found)


def _of_opinion(message: Message, opinion: Opinion, name: str, worth: float) -> Iterator[tuple[float, Reason]]:
    """An engine's own reasons, each only with words that stand in the mail."""
    if worth < _WORTH_SAYING:
        return
    for reason in opinion.phishing_reasons:
        found = verified(message, reason.evidence)
        if found:
            yield worth, Reason(signal=name, why=reason.why[:MAX_PHRASE_CHARS], evidence=found)


def phishing_reasons(
    message: Message,
    signals: Sequence[Signal],
    builtin: Opinion,
    opinion: Opinion | None,
    scores: Scores,
    weights: Weights,
) -> tuple[Reason, ...]:
    """Return the reasons for phishing, preceded by the checks that failed."""
    parts = scores.phishing.parts
    found = list(_of_signals(message, signals, weights))
    text = parts["text"]
    own = list(_of_opinion(message, builtin, "wording", text))
    if text >= _WORTH_SAYING and not own:
        own = [(text, Reason(signal="wording", why="the wording is like that of known phishing"))]
    found += own
    if (meaning := parts.get("meaning", 0.0)) >= _WORTH_SAYING:
        found.append((meaning, Reason(signal="meaning", why="its words mean what those of known phishing mean")))
    if opinion is not None and opinion is not builtin:
        found += _of_opinion(message, opinion, "model", parts.get("model", 0.0))
    found.sort(key=lambda item: -item[0])
    failed = unknown_signals(signals, weights)
    unknown = (
        [Reason(signal="unknown", why=f"could not be checked: {', '.join(failed)}"[:MAX_PHRASE_CHARS])]
        if failed
        else []
    )
    return tuple(unknown + [reason for _, reason in found])[:MAX_REASONS]
