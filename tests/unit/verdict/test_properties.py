"""Whatever comes in, what goes out is bounded."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from glassdome.core.limits import MAX_CATEGORIES, MAX_REASONS, MAX_SUMMARY_CHARS, MAX_TAGS
from glassdome.values.opinion import ActionItem, Opinion, Reason
from glassdome.values.role import FULL
from glassdome.values.signal import Evidence, Outcome, Signal
from glassdome.values.verdict import Label
from glassdome.verdict import decide, load_weights
from tests.unit.verdict.build import MAIL, context

TEXT = st.text(max_size=40)
PLACES = st.builds(Evidence, where=st.sampled_from(["text", "link:0", "link:9", "header:From", "x"]), quote=TEXT)
SIGNALS = st.lists(
    st.builds(
        Signal,
        name=st.sampled_from([*load_weights().signals, "unheard_of"]),
        outcome=st.sampled_from(list(Outcome)),
        detail=TEXT,
        evidence=st.lists(PLACES, max_size=2).map(tuple),
        strength=st.floats(min_value=0, max_value=1),
    ),
    max_size=20,
)
ANY = st.floats(allow_nan=True, allow_infinity=True)
OPINIONS = st.builds(
    Opinion,
    engine=st.just("ollama"),
    phishing=ANY,
    spam=ANY,
    summary=TEXT,
    categories=st.lists(TEXT, max_size=12).map(tuple),
    tags=st.lists(TEXT, max_size=20).map(tuple),
    priority_score=st.integers(),
    language=TEXT,
    auto_reply_suggestion=st.none() | TEXT,
    phishing_reasons=st.lists(
        st.builds(Reason, signal=TEXT, why=TEXT, evidence=st.lists(PLACES, max_size=2).map(tuple)), max_size=4
    ).map(tuple),
    action_items=st.lists(st.builds(ActionItem, text=TEXT, evidence=PLACES), max_size=4).map(tuple),
)


@settings(max_examples=200, deadline=None)
@given(signals=SIGNALS, builtin=OPINIONS, opinion=st.none() | OPINIONS)
def test_bounded(signals: list[Signal], builtin: Opinion, opinion: Opinion | None) -> None:
    """Scores are probabilities, lists have their limits, the label and the flag agree."""
    verdict = decide(
        MAIL, signals=signals, sensitive=(), builtin=builtin, opinion=opinion, grant=FULL, context=context()
    )
    assert 0.0 <= verdict.phishing_score <= 1.0
    assert 0.0 <= verdict.spam_score <= 1.0
    assert not math.isnan(verdict.phishing_score + verdict.spam_score)
    assert 1 <= verdict.priority_score <= 10
    assert (len(verdict.summary) <= MAX_SUMMARY_CHARS, len(verdict.tags) <= MAX_TAGS) == (True, True)
    assert (len(verdict.categories) <= MAX_CATEGORIES, len(verdict.phishing_reasons) <= MAX_REASONS) == (True, True)
    assert verdict.is_phishing is (verdict.label is Label.PHISH)


@settings(max_examples=100, deadline=None)
@given(signals=SIGNALS, builtin=OPINIONS, opinion=OPINIONS)
def test_no_opinion_clears_hard_evidence(signals: list[Signal], builtin: Opinion, opinion: Opinion) -> None:
    """Beside hard evidence the score with an opinion is never below the score without."""
    hard = [*signals, Signal(name="from_lookalike", outcome=Outcome.HIT)]
    alone = decide(MAIL, signals=hard, sensitive=(), builtin=builtin, context=context())
    told = decide(MAIL, signals=hard, sensitive=(), builtin=builtin, opinion=opinion, grant=FULL, context=context())
    assert told.phishing_score >= alone.phishing_score
