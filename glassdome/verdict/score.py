"""Adds evidence up in log-odds: signals by capped groups, the text classifier, the model's opinion."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from glassdome.values.opinion import Opinion
from glassdome.values.role import ModelRole
from glassdome.values.signal import Outcome, Signal
from glassdome.verdict.weights import SignalWeight, Weights

__all__ = ["Score", "Scores", "contribution", "hard_evidence", "injected", "score", "unknown_signals"]

#: Probabilities are kept this far from 0 and 1, so that their log-odds stay finite.
_EDGE = 1e-4
#: The group whose hits taint the model's opinion.
_INJECTION = "injection"
#: How much the text classifier's log-odds of spam count.
_SPAM_SCALE = 0.9
#: The signal that says that our server vouches for the author.
_VERIFIED = "authenticated"
#: The group of signals from a mail's words; their weights were learnt together with the text classifier.
_PHRASES = "content"
_OPENER: Final = "ask_opener"
_UNPROVEN: Final = "sender_unproven"
#: Signals of an ask of value whose author is not proven.
_DOUBTFUL = frozenset(("ask_unproven", "ask_contradicted"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One probability and the log-odds it is made of, by part: `text`, `meaning`, `together`, `model`, or the name of a group."""

    probability: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Phishing and spam, each for itself."""

    phishing: Score
    spam: Score


def _logit(probability: float) -> float:
    bounded = min(1 - _EDGE, max(_EDGE, probability if probability == probability else 0.5))
    return math.log(bounded / (1 - bounded))


def _probability(parts: Mapping[str, float]) -> float:
    # Python 3.12 adds up differently from 3.11, and processors differ in the last bits of a power: neither may show.
    return 1 / (1 + math.exp(-round(math.fsum(parts.values()), 9)))


def _clamp(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


def contribution(signal: Signal, weight: SignalWeight) -> float:
    """Return what one hit says of phishing, in log-odds."""
    return weight.phishing * signal.strength if signal.hit else 0.0


def hard_evidence(signals: Sequence[Signal], weights: Weights) -> bool:
    """Return whether something was found that no opinion can talk away."""
    return any(signal.hit and (w := weights.signals.get(signal.name)) is not None and w.hard for signal in signals)


def injected(signals: Sequence[Signal], weights: Weights) -> bool:
    """Return whether the mail tries to instruct the model."""
    return any(s.hit and (w := weights.signals.get(s.name)) is not None and w.group == _INJECTION for s in signals)


def unknown_signals(signals: Sequence[Signal], weights: Weights) -> tuple[str, ...]:
    """Return the names of important signals whose detector failed."""
    return tuple(
        signal.name
        for signal in signals
        if signal.outcome is Outcome.TEMP_ERROR
        and (weight := weights.signals.get(signal.name)) is not None
        and weight.group in weights.unknown.groups
    )


def _unread(builtin: Opinion, weights: Weights) -> bool:
    """Return whether the text classifier judged a language that it never learnt: it then finds every mail harmless."""
    return bool(builtin.language) and builtin.language.partition("-")[0] not in weights.text.languages


def _meaning(told: float, weights: Weights, *, unread: bool, verified: bool) -> float:
    """Return what the meaning of the words says: for and against where nothing else reads them, else only for."""
    limits = weights.meaning
    ceiling = limits.ceiling if unread else limits.second
    ceiling = min(ceiling, weights.text.verified_cap) if verified else ceiling
    return _clamp(limits.scale * (told - limits.shift), limits.floor if unread else 0.0, ceiling)


def _opens(signals: Sequence[Signal], *, verified: bool) -> bool:
    """Return whether an unproven author opens a conversation and hides the request until there is an answer."""
    hits = {signal.name for signal in signals if signal.hit}
    return _OPENER in hits and (not verified or _UNPROVEN in hits)


def _grouped(signals: Sequence[Signal], weights: Weights) -> tuple[dict[str, float], dict[str, float]]:
    """Return what each group says of phishing and of spam."""
    phishing: dict[str, float] = {}
    spam: dict[str, float] = {}
    for signal in signals:
        weight = weights.signals.get(signal.name)
        if weight is not None and signal.hit:
            name = weight.group
            phishing[name] = phishing.get(name, 0.0) + weight.phishing * signal.strength
            spam[name] = spam.get(name, 0.0) + weight.spam * signal.strength
    return _capped(phishing, weights), _capped(spam, weights)


def _capped(sums: Mapping[str, float], weights: Weights) -> dict[str, float]:
    groups = weights.groups
    return {name: _clamp(total, groups[name].floor, groups[name].ceiling) for name, total in sums.items()}


def _together(signals: Sequence[Signal], weights: Weights) -> float:
    """Return what pairs of findings add beyond their sum."""
    found = {signal.name for signal in signals if signal.hit}
    rules = weights.together.values()
    return math.fsum(r.phishing for r in rules if not found.isdisjoint(r.any_of) and not found.isdisjoint(r.with_any))


def _text(probability: float, floor: float, weights: Weights, *, verified: bool) -> float:
    ceiling = min(weights.text.cap, weights.text.verified_cap) if verified else weights.text.cap
    told = _logit(probability)
    against = weights.text.scale_against
    scale = against if against is not None and told < 0 else weights.text.scale
    return _clamp(scale * told, floor, ceiling) + weights.text.bias_phishing


def _text_floor(signals: Sequence[Signal], weights: Weights, *, verified: bool, doubtful: bool, unread: bool) -> float:
    """Return how far harmless words may clear; in a language that the classifier never learned, an ask leaves them little."""
    text = weights.text
    if unread and not verified:
        return text.unread_text
    floor = max(-text.cap, text.doubtful_floor) if doubtful else -text.cap
    if verified and unread and any(signal.name in _DOUBTFUL and signal.hit for signal in signals):
        return max(floor, text.unread_verified)
    return floor


def _spam_text(probability: float, weights: Weights) -> float:
    return _clamp(_SPAM_SCALE * _logit(probability), -weights.text.cap, weights.text.cap) + weights.text.bias_spam


def _model(probability: float, weights: Weights, *, role: ModelRole, may_clear: bool) -> float:
    floor = weights.model.floor if may_clear and role is ModelRole.JUDGE else 0.0
    ceiling = weights.model.ceiling if role is ModelRole.JUDGE else min(weights.model.ceiling, weights.model.second)
    return _clamp(weights.model.scale * _logit(probability), floor, ceiling)


def score(
    signals: Sequence[Signal], builtin: Opinion, opinion: Opinion | None, weights: Weights, *, role: ModelRole
) -> Scores:
    """Combine everything; only a judge may clear, and not if there is hard evidence, injection or an unknown."""
    verified = any(signal.name == _VERIFIED and signal.hit for signal in signals)
    doubtful = any(s.name in _DOUBTFUL and s.hit and s.strength == 1.0 for s in signals)
    alone = _unread(builtin, weights)
    unread = (doubtful or _opens(signals, verified=verified)) and alone
    floor = _text_floor(signals, weights, verified=verified, doubtful=doubtful, unread=alone if verified else unread)
    phishing = {"text": _text(builtin.phishing, floor, weights, verified=verified)}
    if builtin.meaning is not None:
        if alone:
            phishing = {"text": weights.text.bias_phishing}
        # A stranger proves an address and no name.
        vouched = verified and not any(signal.hit and signal.name == _UNPROVEN for signal in signals)
        phishing["meaning"] = _meaning(builtin.meaning, weights, unread=alone, verified=vouched)
    spam = {"text": _spam_text(builtin.spam, weights)}
    for_phishing, for_spam = _grouped(signals, weights)
    if doubtful:
        floors = {name: weights.groups[name].doubtful_floor for name in for_phishing}
        for_phishing = {name: max(value, floors[name]) for name, value in for_phishing.items()}
    if unread and _PHRASES in for_phishing:
        told = for_phishing[_PHRASES] * weights.text.unread_phrases
        for_phishing[_PHRASES] = min(told, weights.groups[_PHRASES].ceiling)
    phishing |= for_phishing
    phishing["together"] = _together(signals, weights)
    spam |= for_spam
    if opinion is not None:
        tainted = injected(signals, weights) or bool(unknown_signals(signals, weights))
        phishing["model"] = _model(
            opinion.phishing, weights, role=role, may_clear=not tainted and not hard_evidence(signals, weights)
        )
        spam["model"] = _model(opinion.spam, weights, role=role, may_clear=not tainted)
    return Scores(
        phishing=Score(probability=_probability(phishing), parts=phishing),
        spam=Score(probability=_probability(spam), parts=spam),
    )
