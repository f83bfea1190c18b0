"""The gain of a model over the built-in engine, field by field, measured by the verdicts that it would have led to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from glassdome.pipeline.canaries.mails import Canary
from glassdome.pipeline.process import Examined
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion
from glassdome.values.role import NEEDED, UNTESTED, FieldTest, Grant, ModelRole
from glassdome.values.verdict import Label, Verdict
from glassdome.verdict import decide

__all__ = ["Heard", "measured"]

#: Answers of one value in more than this share of the mails: the field does not vary, whatever it says.
_SAME: Final = 0.9
#: A score that sorts this share of the pairs of a wanted and an unwanted mail knows the difference. On 24 of each, chance
#: comes that far once in ten thousand models.
_KNOWS: Final = 0.8
#: The least gain of each measure that is more than noise.
_GAIN: Final = {"summary": 0.02, "phishing": 0.002, "spam": 0.002, "clear": 0.002, "priority": 0.03, "categories": 0.03}
#: The least share of usable summaries, and of pairs of mails in the right order, that a model needs.
_USABLE: Final = 0.8
_ORDERED: Final = 0.7
_WRITER: Final = Grant(role=ModelRole.WRITER)
#: Characters of a summary that is read at one glance: whoever writes more has not chosen.
_BRIEF: Final = 140
#: Priorities that differ by less are of equal urgency.
_STEP: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One canary as it was examined, and what the model said of it; None where its answer was unusable."""

    canary: Canary
    message: Message
    examined: Examined
    context: Context
    opinion: Opinion | None

    def verdict(self, grant: Grant) -> Verdict:
        """Return the verdict if the model held this grant."""
        return decide(
            self.message,
            signals=self.examined.signals,
            sensitive=self.examined.sensitive,
            builtin=self.examined.builtin,
            opinion=self.opinion,
            grant=grant,
            context=self.context,
            asked=self.examined.asked,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measures:
    """The measures of one grant, each from 0 to 1 and the higher the better; and the labels that were right."""

    summary: float
    phishing: float
    spam: float
    priority: float
    categories: float
    right: frozenset[tuple[str, bool]]

    @property
    def clear(self) -> float:
        """Clearing is for both scores."""
        return (self.phishing + self.spam) / 2


def measured(heard: Sequence[Heard]) -> tuple[Grant, tuple[FieldTest, ...]]:
    """Return what the model earned, and how each field did; CPU work of about a second."""
    alone = _measures(heard, UNTESTED)
    tests: list[FieldTest] = []
    fields: frozenset[str] = frozenset()
    for field in NEEDED:
        trial = Grant(role=NEEDED[field], fields=fields | {field})
        before = _measures(heard, Grant(role=NEEDED[field], fields=fields))
        told = _measures(heard, trial)
        why = _refusal(field, heard, before, told, fields)
        tests.append(
            FieldTest(field=field, builtin=getattr(alone, field), model=getattr(told, field), earned=not why, why=why)
        )
        fields |= frozenset() if why else {field}
    grant = _grant(fields)
    if _worse(alone, _measures(heard, grant)):
        # Each by itself did well, and not together.
        grant = _grant(fields & {"summary"})
        tests = [_only_alone(test, grant) for test in tests]
    return grant, tuple(tests)


def _grant(fields: frozenset[str]) -> Grant:
    role = max((NEEDED[field] for field in fields), key=lambda found: found.rank, default=ModelRole.NONE)
    return Grant(role=role, fields=fields)


def _only_alone(test: FieldTest, grant: Grant) -> FieldTest:
    if not test.earned or test.field in grant.fields:
        return test
    return FieldTest(
        field=test.field, builtin=test.builtin, model=test.model, earned=False, why="worse together with the others"
    )


def _refusal(field: str, heard: Sequence[Heard], before: _Measures, told: _Measures, fields: frozenset[str]) -> str:
    """Return why the field counts for nothing, or an empty string."""
    values = [_said(field, item.opinion) for item in heard if item.opinion is not None]
    if not values:
        return "no usable answer"
    if Counter(values).most_common(1)[0][1] > _SAME * len(values):
        return "always the same"
    if field == "clear" and not {"phishing", "spam"} <= fields:
        return "its scores did not earn a say"
    if field in ("phishing", "spam") and _sorted_pairs(field, heard) < _KNOWS:
        return "cannot tell the mails apart"
    if field == "summary" and sum(map(_usable, heard)) < _USABLE * len(heard):
        return "too many summaries were refused"
    if field == "priority" and told.priority < _ORDERED:
        return "orders the mails badly"
    if _worse(before, told):
        return "labels mails wrongly that were right without it"
    return "" if getattr(told, field) >= getattr(before, field) + _GAIN[field] else "no better than without"


def _said(field: str, opinion: Opinion) -> object:
    said: dict[str, object] = {
        "summary": opinion.summary,
        "phishing": opinion.phishing,
        "spam": opinion.spam,
        "clear": (opinion.phishing, opinion.spam),
        "priority": opinion.priority_score,
        "categories": opinion.categories,
    }
    return said[field]


def _usable(item: Heard) -> bool:
    """Return whether the model's summary would be shown."""
    said = item.opinion.summary if item.opinion is not None else ""
    return bool(said) and said != item.examined.builtin.summary and not item.verdict(_WRITER).refused


def _worse(before: _Measures, after: _Measures) -> bool:
    """Return whether a label is wrong now that was right: a fraud let through, or a wanted mail called one."""
    return not before.right <= after.right


def _measures(heard: Sequence[Heard], grant: Grant) -> _Measures:
    judged = [(item.canary, item.verdict(grant)) for item in heard]
    innocent = [(canary, verdict) for canary, verdict in judged if canary.label is not Label.PHISH]
    wanted = [(canary, verdict) for canary, verdict in judged if canary.label is Label.HAM]
    return _Measures(
        summary=_mean(_rubric(canary, verdict.summary) for canary, verdict in judged),
        phishing=_sharp(judged, Label.PHISH, lambda verdict: verdict.phishing_score or 0.0),
        spam=_sharp(innocent, Label.SPAM, lambda verdict: verdict.spam_score),
        priority=_order([(canary.priority, verdict.priority_score) for canary, verdict in wanted]),
        categories=_mean(bool(canary.categories & {*verdict.categories[:1]}) for canary, verdict in judged),
        right=frozenset(
            (canary.name, fraud)
            for canary, verdict in judged
            for fraud, label in ((True, Label.PHISH), (False, Label.SPAM))
            if (canary.label is label) is (verdict.label is label)
        ),
    )


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def _rubric(canary: Canary, summary: str) -> float:
    """Return the share of what the summary had to name, less for a long one; 0 with a word that it must not hold."""
    told = summary.lower()
    if any(word in told for word in canary.never):
        return 0.0
    named = _mean(any(word in told for word in group) for group in canary.must)
    return named * min(1.0, _BRIEF / max(len(told), 1))


def _sharp(judged: Sequence[tuple[Canary, Verdict]], label: Label, score: Callable[[Verdict], float]) -> float:
    """Return 1 less the mean square error of the probability (Brier's score)."""
    return 1 - _mean((score(verdict) - (canary.label is label)) ** 2 for canary, verdict in judged)


def _order(pairs: Sequence[tuple[int, int]]) -> float:
    """Return the share of pairs of unequal urgency that stand in the right order; equal ones count half."""
    ranked = [((a[1] - b[1]) * (a[0] - b[0])) for a, b in combinations(pairs, 2) if abs(a[0] - b[0]) >= _STEP]
    return _mean(1.0 if product > 0 else 0.5 if product == 0 else 0.0 for product in ranked)


def _sorted_pairs(field: str, heard: Sequence[Heard]) -> float:
    """Return the share of pairs of one mail of the label and one of the others that the model's own score tells apart."""
    label = Label.PHISH if field == "phishing" else Label.SPAM
    answered = [(item.canary.label, getattr(item.opinion, field)) for item in heard if item.opinion is not None]
    there = [score for said, score in answered if said is label]
    others = [score for said, score in answered if said is not label and (label is Label.PHISH or said is Label.HAM)]
    return _mean(1.0 if a > b else 0.5 if a == b else 0.0 for a in there for b in others)
