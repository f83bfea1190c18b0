"""Markup, lists, Rspamd and malformed structure."""

from __future__ import annotations

import pytest

from glassdome.values.message import Defect, Form, HeaderField, HiddenText, ListFacts, RspamdReport
from glassdome.values.signal import Outcome
from tests.unit.signals.build import found, hits, mail, verified

LONG = "These many words are here for filters only and no reader sees them."


def test_forms() -> None:
    """A form that asks for a password, and one that sends to strangers."""
    assert hits(mail(forms=(Form(action="https://evil.example/x", asks_password=True, inputs=2),))) == {
        "form_password",
        "form_foreign",
    }
    assert hits(mail(forms=(Form(action="https://www.shop.example/search", inputs=1),))) == set()


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (HiddenText(text=LONG, how="color"), {"hidden_text"}),
        (HiddenText(text=LONG, how="preheader"), set()),
        (HiddenText(text=LONG, how="comment"), set()),
        (HiddenText(text=" - ", how="css"), set()),
        (HiddenText(text="ver\u200bify", how="zero_width"), {"split_words"}),
        (HiddenText(text="\u202efdp", how="bidi"), {"turned_text"}),
    ],
)
def test_hidden_text(item: HiddenText, expected: set[str]) -> None:
    """Hidden text counts, the usual newsletter practice does not."""
    assert hits(mail(hidden=(item,))) == expected


def test_script() -> None:
    """A script in the mail."""
    assert hits(mail(has_script=True)) == {"script"}


def test_lists() -> None:
    """A list is a list by its own word, verified only by our server."""
    facts = ListFacts(list_id="<news.shop.example>", unsubscribe=("https://shop.example/u",))
    assert hits(mail(lists=facts)) == {"list_mail"}
    assert hits(mail(lists=facts, authentication=verified("dmarc=pass shop.example"))) == {
        "list_mail",
        "list_verified",
        "authenticated",
        "sender_proven",
    }
    assert hits(mail(lists=ListFacts(auto_submitted="auto-replied"))) == {"automatic_mail"}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (RspamdReport(score=12, required=15), {"rspamd_score"}),
        (RspamdReport(score=-3, required=15), {"rspamd_clean"}),
        (
            RspamdReport(score=3, required=15, symbols=(("PHISHING", 4.0), ("BAYES_SPAM", 5.0))),
            {"rspamd_phishing", "rspamd_spam"},
        ),
        (RspamdReport(score=3, required=15, symbols=(("CLAM_VIRUS", 8.0),)), {"rspamd_virus"}),
        (RspamdReport(score=3, required=15, symbols=(("PHISHING", 0.0), ("R_DKIM_ALLOW", -0.2))), set()),
    ],
)
def test_rspamd(report: RspamdReport, expected: set[str]) -> None:
    """Rspamd's score and symbols; those worth nothing count nothing."""
    assert hits(mail(rspamd=report)) == expected


def test_no_rspamd_is_not_applicable() -> None:
    """Without Rspamd there is nothing to say."""
    assert found(mail(), "rspamd_score").outcome is Outcome.NOT_APPLICABLE


def test_malformed() -> None:
    """Fields that programs disagree about, and structure that is hostile."""
    twice = tuple(HeaderField(name="Subject", value=value) for value in ("one", "two"))
    assert hits(mail(headers=twice)) == {"repeated_header"}
    assert hits(mail(headers=(twice[0], twice[0]))) == set()
    assert hits(mail(defects=(Defect(what="too_many_parts"),))) == {"malformed", "unreadable"}
    assert hits(mail(defects=(Defect(what="wrong_charset"),))) == set()
