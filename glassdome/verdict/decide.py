"""Signals, opinions and weights to a verdict: the only place that decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glassdome.core.limits import MAX_TAGS
from glassdome.values.ask import Asked, nobody_proven, unproven_value
from glassdome.values.context import Context
from glassdome.values.masking import Masker
from glassdome.values.message import Message
from glassdome.values.opinion import Attention, Opinion
from glassdome.values.owner import SenderStanding
from glassdome.values.role import UNTESTED, Grant, ModelRole
from glassdome.values.signal import Outcome, SensitiveFinding, Signal
from glassdome.values.verdict import Label, Verdict
from glassdome.verdict import merge
from glassdome.verdict.draft import may_be_answered, safe_draft
from glassdome.verdict.earned import earned
from glassdome.verdict.evidence import checked_asks
from glassdome.verdict.masking import masked_verdict
from glassdome.verdict.reasons import phishing_reasons
from glassdome.verdict.score import Scores, injected, score, unknown_signals
from glassdome.verdict.texts import accepted
from glassdome.verdict.weights import Weights, load_weights

__all__ = ["decide"]

_WEIGHTLESS = (Outcome.MISS, Outcome.NOT_APPLICABLE)
#: Phishing and spam claim to be the most urgent mail of all: they never lead the list.
_MAX_PRIORITY = {Label.PHISH: 3, Label.SPAM: 2, Label.HAM: 10, Label.UNKNOWN: 10}
#: Facts outside the words that clear a mail whose language is not read here, where our server vouches for the author.
_CLEARING = frozenset(("known_sender", "correspondent", "brand_proven"))
#: Returned mail: our own words came back.
_REPORT = "delivery_report"
#: The chance of spam that words may tell at most which were not read.
_UNREAD_SPAM = 0.09
#: An ask of value from an unproven author needs care, not haste.
_MAX_DOUBTFUL = 5


def _label(message: Message, scores: Scores, weights: Weights, *, cleared: bool) -> Label:
    """Decide; a message that could not be read is `unknown` unless the evidence outside its words says phishing.

    So is one in a language that is not covered, unless it is `cleared`, or evidence outside its words says spam.
    """
    if scores.phishing.probability >= weights.thresholds.phishing:
        return Label.PHISH
    if message.readable != "yes":
        return Label.UNKNOWN
    if scores.spam.probability >= weights.thresholds.spam:
        return Label.SPAM
    return Label.HAM if cleared else Label.UNKNOWN


def _cleared(message: Message, signals: Sequence[Signal], standing: SenderStanding | None) -> bool:
    """Return whether the author is known here and proven, or the mail reports on one that was sent from here."""
    hits = {signal.name for signal in signals if signal.hit}
    known = standing is SenderStanding.TRUSTED or not hits.isdisjoint(_CLEARING)
    return _REPORT in hits or (known and bool(message.authenticity))


def _by_owner(message: Message, label: Label, standing: SenderStanding | None) -> Label:
    """Return the label after the owner's word on the sender; it never makes a fraud look harmless.

    Blocked needs no proof, since a forger would gain nothing. Trust counts only where our server vouches for the sender.
    """
    if standing is SenderStanding.BLOCKED and label is not Label.PHISH:
        return Label.SPAM
    if standing is SenderStanding.TRUSTED and label is Label.SPAM and message.authenticity:
        return Label.HAM
    return label


def _heard(message: Message, builtin: Opinion) -> Opinion:
    """Return the reading; of a mail whose words could not be read the words say nothing, neither for nor against."""
    if message.readable != "yes":
        return replace(builtin, phishing=0.5)
    return builtin if builtin.language_covered else replace(builtin, phishing=0.5, spam=min(builtin.spam, _UNREAD_SPAM))


def _tags(
    opinion: Opinion | None, builtin: Opinion, standing: SenderStanding | None, *, unknown: bool, tainted: bool
) -> tuple[str, ...]:
    own = [
        *([f"sender {standing}"] if standing else []),
        *(["unknown"] if unknown else []),
        *(["injection"] if tainted else []),
    ]
    return merge.labels((*own, *(opinion.tags if opinion else ()), *builtin.tags), MAX_TAGS)


def _attention(builtin: Opinion, label: Label, doubtful: bool, *, covered: bool) -> tuple[Attention, str]:
    """Return the attention that the mail deserves: fraud and spam are never urgent, and a doubtful ask is not to be answered."""
    if label in (Label.PHISH, Label.SPAM):
        return "skim", "It looks like fraud." if label is Label.PHISH else "It looks like spam."
    if label is Label.UNKNOWN:
        return "read", "It could not be read here." if covered else "Its language is not covered here."
    if doubtful and builtin.attention in ("now", "answer"):
        return "read", "It asks for something of value, and nothing proves who asks. Check before you answer."
    return builtin.attention, builtin.attention_reason


def decide(
    message: Message,
    *,
    signals: Sequence[Signal],
    sensitive: Sequence[SensitiveFinding],
    builtin: Opinion,
    opinion: Opinion | None = None,
    grant: Grant = UNTESTED,
    context: Context,
    weights: Weights | None = None,
    asked: Asked | None = None,
    degraded_reason: str = "",
    skipped: str = "",
) -> Verdict:
    """Judge one message; pure, and bounded whatever the engines said.

    `builtin` is the built-in engine's reading, `opinion` the language model's where there is one, of which only the fields
    count that `grant` names: an untested model changes nothing. `asked` is who asks for what. An ask of value from an
    unproven author is neither urgent nor to be answered. Evidence is checked against the mail as it is; then every
    sensitive value in the result is masked.
    """
    weights = weights or load_weights()
    # Misses and signals that do not apply weigh nothing, and are most of the signals.
    signals = [signal for signal in signals if signal.outcome not in _WEIGHTLESS]
    wants = context.preferences
    told, source = earned(opinion, builtin, grant), opinion or builtin
    scores = score(signals, _heard(message, builtin), told, weights, role=grant.role)
    unknown, tainted = bool(unknown_signals(signals, weights)), injected(signals, weights)
    # A model that earned the judgement reads the words that no pack has.
    covered = builtin.language_covered or (opinion is not None and grant.role is ModelRole.JUDGE)
    cleared = covered or _cleared(message, signals, context.standing)
    label = _by_owner(message, _label(message, scores, weights, cleared=cleared), context.standing)
    told, refused = accepted(told, builtin, message, label)
    floor = weights.unknown.phishing_floor if unknown else 0.0
    asks = asked.asks if asked is not None else ()
    doubtful = nobody_proven(asks)
    safe = label is Label.HAM and not doubtful
    safe = safe and may_be_answered(scores.phishing.probability, scores.spam.probability)
    draft = (told or builtin).auto_reply_suggestion
    draft = safe_draft(draft, message, context) if safe and not tainted and not unknown else None
    checked = checked_asks(message, asks)
    attention, why = _attention(builtin, label, doubtful, covered=covered or message.readable != "yes")
    verdict = Verdict(
        label=label,
        is_phishing=label is Label.PHISH if label is not Label.UNKNOWN else None,
        phishing_score=max(floor, scores.phishing.probability) if label is not Label.UNKNOWN else None,
        spam_score=scores.spam.probability,
        phishing_reasons=phishing_reasons(message, signals, builtin, told, scores, weights),
        summary=merge.summary(told, builtin, fraud=label is Label.PHISH, unproven=unproven_value(asks))
        if wants.summary_enabled
        else "",
        categories=merge.categories(told, builtin) if wants.auto_categorize else (),
        tags=_tags(told, builtin, context.standing, unknown=unknown, tainted=tainted),
        priority_score=min(_MAX_PRIORITY[label], _MAX_DOUBTFUL if doubtful else 10, merge.priority(told, builtin)),
        sensitive=tuple(sensitive),
        action_items=merge.action_items(message, told, builtin) if label is not Label.PHISH else (),
        auto_reply_suggestion=draft,
        language=merge.language(told, builtin),
        engine=source.engine,
        model=source.model,
        prompt_version=source.prompt_version,
        refused=refused,
        model_role=grant.role if opinion is not None else ModelRole.NONE,
        degraded=bool(degraded_reason),
        degraded_reason=degraded_reason,
        skipped=skipped,
        readable=message.readable,
        language_covered=covered,
        usage=source.usage,
        asks=checked,
        attention=attention,
        attention_reason=why,
    )
    return masked_verdict(verdict, Masker.of(message, sensitive))
