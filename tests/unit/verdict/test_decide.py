"""Tests of the parts of the verdict, and of what cannot move it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glassdome.values.ask import Ask, Asked, AskKind, Identity
from glassdome.values.verdict import Label
from glassdome.verdict import load_weights
from tests.unit.verdict.build import builtin, hit, judged, model, unknown

LURES = ("account_threat", "credential_request", "mailbox_lure", "urgency", "login_alarm", "gift_cards", "extortion")
HARD = (hit("display_name_brand"), hit("link_lookalike"), hit("dmarc_fail"), hit("credential_request"))


def test_plain_mail_is_ham() -> None:
    """Nothing found, nothing said."""
    verdict = judged()
    assert (verdict.label, verdict.is_phishing, verdict.phishing_reasons) == (Label.HAM, False, ())


def test_hard_evidence_is_phishing_whatever_the_text() -> None:
    """Several independent findings outweigh harmless words."""
    assert judged(*HARD).label is Label.PHISH


def test_suspicious_text_alone() -> None:
    """The text classifier alone can call a mail phishing, and spam stays spam."""
    assert judged(builtin=builtin(phishing=0.97, spam=0.02)).label is Label.PHISH
    assert judged(builtin=builtin(phishing=0.03, spam=0.95)).label is Label.SPAM


def test_commercial_spam_is_not_phishing() -> None:
    """Advertising words make spam of a mail, not phishing."""
    verdict = judged(hit("commercial"), hit("investment_lure"), builtin=builtin(phishing=0.05, spam=0.6))
    assert verdict.label is Label.SPAM


def test_one_group_is_capped() -> None:
    """All lures together count no more than their group's ceiling."""
    weights = load_weights()
    ceiling = weights.groups["content"].ceiling
    assert sum(weights.signals[name].phishing for name in LURES) > ceiling
    all_lures = judged(*(hit(name) for name in LURES))
    more = judged(*(hit(name) for name in (*LURES, "delivery_lure", "payment_change")))
    assert all_lures.phishing_score == pytest.approx(more.phishing_score)


def test_strength_scales_a_signal() -> None:
    """A weaker finding counts less."""
    assert judged(hit("from_lookalike", strength=0.3)).phishing_score < judged(hit("from_lookalike")).phishing_score


def test_good_signs_lower_the_score() -> None:
    """A verified sender whom the owner writes to."""
    text = builtin(phishing=0.6)
    good = judged(hit("authenticated"), hit("correspondent"), builtin=text)
    assert good.phishing_score < judged(builtin=text).phishing_score
    assert good.label is Label.HAM


def test_model_raises_suspicion() -> None:
    """The model may add what the built-in engine does not see."""
    text = builtin(phishing=0.3)
    assert judged(builtin=text, opinion=model(phishing=0.99)).phishing_score > judged(builtin=text).phishing_score


def test_model_is_capped() -> None:
    """A model that is certain counts no more than one that is nearly so."""
    sure, surer = (judged(opinion=model(phishing=p)).phishing_score for p in (0.98, 1.0))
    assert sure == surer
    assert judged(opinion=model(phishing=1.0)).label is Label.HAM


def test_model_cannot_clear_hard_evidence() -> None:
    """A model that swears the mail is harmless changes nothing beside hard evidence."""
    assert judged(*HARD, opinion=model(phishing=0.0)).phishing_score == judged(*HARD).phishing_score


def test_model_may_clear_soft_suspicion() -> None:
    """A model's doubt counts if there is no hard evidence."""
    text = builtin(phishing=0.6)
    assert judged(builtin=text, opinion=model(phishing=0.01)).phishing_score < judged(builtin=text).phishing_score


@pytest.mark.parametrize("name", ["injection_visible", "injection_hidden", "injection_markers", "injection_encoded"])
def test_injection_drops_the_ham_bonus_only(name: str) -> None:
    """A mail that instructs the model gains nothing by it, and loses nothing."""
    text = builtin(phishing=0.6)
    tainted = judged(hit(name), builtin=text, opinion=model(phishing=0.0, spam=0.0))
    assert tainted.phishing_score == judged(builtin=text).phishing_score
    assert tainted.spam_score == judged(builtin=text).spam_score
    assert "injection" in tainted.tags


def test_unknown_is_never_safe() -> None:
    """A failed detector of an important group shows: a tag, the first reason, a floor, no ham bonus."""
    verdict = judged(unknown("dmarc_fail"), opinion=model(phishing=0.0))
    weights = load_weights()
    assert verdict.phishing_score >= weights.unknown.phishing_floor
    assert verdict.tags[0] == "unknown"
    assert (verdict.phishing_reasons[0].signal, verdict.phishing_reasons[0].why) == (
        "unknown",
        "could not be checked: dmarc_fail",
    )


def test_unimportant_failure_is_no_alarm() -> None:
    """A failed detector of facts that decide nothing leaves the verdict alone."""
    assert judged(unknown("list_mail")) == judged()


def test_degraded_and_skipped_are_told() -> None:
    """The verdict says why there is no model's opinion."""
    degraded = judged(degraded_reason="model_unavailable")
    assert (degraded.degraded, degraded.degraded_reason) == (True, "model_unavailable")
    skipped = judged(skipped="known sender")
    assert (skipped.degraded, skipped.skipped) == (False, "known sender")


def test_unknown_names_weigh_nothing() -> None:
    """A signal without a weight cannot decide."""
    assert judged(hit("of_tomorrow")).phishing_score == judged().phishing_score


def test_no_reply_to_what_looks_suspicious() -> None:
    """A mail below the line of phishing, and of spam, still gets no reply draft once it comes near."""
    draft = "Thank you, I will read it."
    drafts = [
        judged(builtin=builtin(auto_reply_suggestion=draft, **scores)).auto_reply_suggestion
        for scores in ({}, {"phishing": 0.85}, {"spam": 0.6})
    ]
    assert drafts == [draft, None, None]


def test_wording_alone_never_decides_on_verified_mail() -> None:
    """Whatever the words are like, an author for whom our server vouches is not called phishing for them."""
    certain = builtin(phishing=0.9999)
    assert judged(builtin=certain).label is Label.PHISH
    assert judged(hit("authenticated"), builtin=certain).label is Label.HAM


def test_harmless_words_clear_little_of_a_doubtful_ask() -> None:
    """Well-written fraud reads like business mail."""
    harmless, plain = builtin(phishing=0.0001), builtin(phishing=0.15)
    asked = (hit("ask_unproven"), hit("ask_bank_change"))
    assert judged(*asked, builtin=harmless).phishing_score == pytest.approx(
        judged(*asked, builtin=plain).phishing_score, abs=0.1
    )


def test_an_ask_of_value_by_nobody_proven_is_not_answered_in_haste() -> None:
    """No draft, and no priority above 5, though the mail is not called phishing."""
    ask = Ask(kind=AskKind.PAYMENT, identity=Identity.UNPROVEN, quote="please pay", why="Asks you to pay")
    text = builtin(auto_reply_suggestion="Thank you, I will.", priority_score=9)
    doubtful = judged(builtin=text, asked=Asked(asks=(ask,)))
    assert (doubtful.label, doubtful.auto_reply_suggestion, doubtful.priority_score) == (Label.HAM, None, 5)
    proven = judged(builtin=text, asked=Asked(asks=(replace(ask, identity=Identity.PROVEN),)))
    assert (proven.auto_reply_suggestion, proven.priority_score) == ("Thank you, I will.", 9)


def test_an_ask_quotes_the_mail() -> None:
    """A quote that is not in the mail is dropped; the ask stays."""
    ask = Ask(kind=AskKind.PAYMENT, identity=Identity.UNPROVEN, quote="words that nobody wrote")
    assert judged(asked=Asked(asks=(ask,))).asks == (replace(ask, quote=""),)


def test_a_good_name_does_not_outweigh_a_new_account() -> None:
    """The mailbox of a correspondent was broken into: the account to pay to is another."""
    known = (hit("authenticated"), hit("correspondent"), hit("known_sender"))
    asked = (hit("ask_bank_change"), hit("foreign_account"), hit("payment_change"), hit("ask_unproven"))
    assert judged(*known, *asked).label is Label.PHISH
    assert judged(*known, hit("ask_payment"), hit("ask_proven")).label is Label.HAM
