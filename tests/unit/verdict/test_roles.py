"""A model's say: nothing before it earned a role, then no more than the role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from glassdome.values.opinion import ActionItem, Opinion
from glassdome.values.role import FULL, NEEDED, UNTESTED, Grant, ModelRole
from glassdome.values.signal import Evidence
from glassdome.verdict import decide
from tests.unit.verdict.build import MAIL, builtin, context, judged, model
from tests.unit.verdict.test_properties import OPINIONS, SIGNALS

#: What tells that a model answered, and is no judgement.
NAMES = {"engine": "builtin", "model": "", "prompt_version": "", "model_role": ModelRole.NONE}
SAID = model(
    phishing=0.99,
    spam=0.99,
    summary="The bank wants invoice 4711 paid by Friday.",
    categories=("travel",),
    tags=("fine",),
    priority_score=9,
    action_items=(ActionItem(text="Pay", evidence=Evidence(where="text", quote="pay invoice 4711")),),
    auto_reply_suggestion="Thank you, I will pay invoice 4711.",
)
DOUBT = builtin(phishing=0.6, spam=0.6, categories=("finance",), priority_score=4)


def granted(role: ModelRole, **parts: Any) -> Grant:
    """The grant of a role with all its fields."""
    return Grant(role=role, **parts)


@settings(max_examples=200, deadline=None)
@given(signals=SIGNALS, own=OPINIONS, opinion=OPINIONS)
def test_an_untested_model_changes_nothing(signals: Any, own: Opinion, opinion: Opinion) -> None:
    """Whatever it says, the verdict is the built-in engine's."""
    parts: Mapping[str, Any] = {"signals": signals, "sensitive": (), "builtin": own, "context": context()}
    alone = decide(MAIL, **parts)
    for grant in (UNTESTED, Grant(role=ModelRole.JUDGE, fields=frozenset()), granted(ModelRole.NONE)):
        told = decide(MAIL, opinion=opinion, grant=grant, **parts)
        names = {name: getattr(alone, name) for name in (*NAMES, "usage")}
        assert replace(told, **names) == alone


@settings(max_examples=100, deadline=None)
@given(signals=SIGNALS, own=OPINIONS, opinion=OPINIONS)
def test_only_a_judge_lowers_a_score(signals: Any, own: Opinion, opinion: Opinion) -> None:
    """A writer leaves both scores alone, a second only raises them."""
    parts: Mapping[str, Any] = {"signals": signals, "sensitive": (), "builtin": own, "context": context()}
    alone = decide(MAIL, **parts)
    writer = decide(MAIL, opinion=opinion, grant=granted(ModelRole.WRITER), **parts)
    second = decide(MAIL, opinion=opinion, grant=granted(ModelRole.SECOND), **parts)
    assert (writer.phishing_score, writer.spam_score) == (alone.phishing_score, alone.spam_score)
    assert second.phishing_score >= alone.phishing_score
    assert second.spam_score >= alone.spam_score


def test_a_writer_writes() -> None:
    """Summary, action items and draft are its own; label, scores, priority and categories are not."""
    verdict = judged(opinion=SAID, builtin=builtin(categories=("finance",)), grant=granted(ModelRole.WRITER))
    alone = judged(builtin=builtin(categories=("finance",)))
    assert (verdict.summary, len(verdict.action_items)) == (SAID.summary, 1)
    assert verdict.auto_reply_suggestion == SAID.auto_reply_suggestion
    for name in ("label", "phishing_score", "spam_score", "priority_score", "categories", "tags", "phishing_reasons"):
        assert getattr(verdict, name) == getattr(alone, name)
    assert (verdict.engine, verdict.model_role) == ("ollama", ModelRole.WRITER)


def test_a_second_raises_less_than_a_judge() -> None:
    """Its ceiling is lower, and priority and categories stay the built-in engine's."""
    second, judge = (judged(opinion=SAID, grant=granted(role)) for role in (ModelRole.SECOND, ModelRole.JUDGE))
    assert judged().phishing_score < second.phishing_score < judge.phishing_score
    assert (second.priority_score, second.categories) == (judged().priority_score, judged().categories)
    assert (judge.priority_score, judge.categories[:1]) == (9, ("travel",))


@pytest.mark.parametrize("field", sorted(NEEDED))
def test_a_field_that_earned_nothing_has_no_weight(field: str) -> None:
    """The highest role does not carry a field along."""
    without = replace(FULL, fields=FULL.fields - {field})
    said = model(phishing=0.01, spam=0.01) if field == "clear" else SAID
    scores = field in ("phishing", "spam", "clear")
    own, said = (DOUBT, said) if scores else (builtin(), replace(said, phishing=0.1, spam=0.1))
    told, alone = judged(opinion=said, builtin=own, grant=without), judged(builtin=own)
    shown = {
        "summary": ("summary", "action_items"),
        "phishing": ("phishing_score", "phishing_reasons"),
        "spam": ("spam_score",),
        "clear": ("phishing_score", "spam_score", "label"),
        "priority": ("priority_score",),
        "categories": ("categories", "tags"),
    }[field]
    assert [getattr(told, name) for name in shown] == [getattr(alone, name) for name in shown]


@pytest.mark.parametrize("value", [1e15, 1.01, -0.5, float("nan"), float("inf")])
def test_a_value_out_of_range_says_nothing(value: float) -> None:
    """It is not the end of the scale."""
    verdict = judged(opinion=model(phishing=value, spam=value), builtin=DOUBT)
    alone = judged(builtin=DOUBT)
    assert (verdict.phishing_score, verdict.spam_score) == (alone.phishing_score, alone.spam_score)
