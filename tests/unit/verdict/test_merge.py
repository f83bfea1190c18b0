"""Summary, categories, priority, requests and drafts: whose word counts, and the owner's switches."""

from __future__ import annotations

import pytest

from glassdome.core.limits import MAX_CATEGORIES, MAX_SUMMARY_CHARS, MAX_TAGS
from glassdome.values.opinion import ActionItem, Opinion
from glassdome.values.signal import Evidence
from glassdome.verdict.merge import summary
from tests.unit.verdict.build import builtin, context, hit, judged, model

PHISH = builtin(phishing=0.99)
REQUEST = ActionItem(
    text="Pay invoice 4711", evidence=Evidence(where="text", quote="please pay invoice 4711"), due="Friday"
)
INVENTED = ActionItem(text="Send a photo", evidence=Evidence(where="text", quote="send a photo"))


def test_model_first_then_builtin() -> None:
    """The model's words where it has any."""
    assert judged(opinion=model(summary=" Pay \n soon. ")).summary == "Pay soon."
    assert judged(opinion=model(summary=" ")).summary == "Short."
    assert judged(opinion=model(), builtin=builtin(categories=("finance",))).categories == ("finance",)


def test_switches() -> None:
    """An owner who wants no summary or no categories gets none."""
    said = model(summary="S", categories=("work",))
    verdict = judged(opinion=said, context=context(summary_enabled=False, auto_categorize=False))
    assert (verdict.summary, verdict.categories) == ("", ())


def test_bounds() -> None:
    """Whatever a model says, the stored fields stay within their limits."""
    many = tuple(f"c{i}" for i in range(50))
    verdict = judged(opinion=model(summary="x" * 9999, categories=(*many, "", "c1"), tags=many, priority_score=99))
    assert len(verdict.summary) == MAX_SUMMARY_CHARS
    assert len(verdict.categories) == len(set(verdict.categories)) == MAX_CATEGORIES
    assert len(verdict.tags) == MAX_TAGS
    assert verdict.priority_score == builtin().priority_score
    assert judged(opinion=model(priority_score=-4)).priority_score == builtin().priority_score


def test_phishing_is_never_urgent() -> None:
    """Mail that presses its reader does not lead the list, and asks for nothing."""
    verdict = judged(builtin=builtin(phishing=0.99, priority_score=10, action_items=(REQUEST,)))
    assert (verdict.priority_score <= 3, verdict.action_items) == (True, ())


def test_requests_need_words_of_the_mail() -> None:
    """A request that the mail does not make is dropped; ours stand in where none of the model's hold."""
    assert judged(opinion=model(action_items=(INVENTED, REQUEST))).action_items == (REQUEST,)
    assert judged(opinion=model(action_items=(INVENTED,)), builtin=builtin(action_items=(REQUEST,))).action_items == (
        REQUEST,
    )


@pytest.mark.parametrize(("said", "expected"), [("de-AT", "de-AT"), ("German", ""), ("", ""), ("x; DROP", "")])
def test_language_is_a_tag(said: str, expected: str) -> None:
    """Only a language tag is stored."""
    assert judged(builtin=builtin(language=said)).language == expected


def test_builtin_language_is_trusted_first() -> None:
    """The detector of languages knows better than a small model."""
    assert judged(opinion=model(language="fr"), builtin=builtin(language="en")).language == "en"
    assert judged(opinion=model(language="fr"), builtin=builtin(language="")).language == "fr"


@pytest.mark.parametrize(
    "draft",
    [
        "Thank you, I will pay invoice 4711 until Friday.",
        "Is DE02120300000000202051 the right account?",
        "I pay at https://bank.example/pay. Regards, eva@muster.example",
        "I call +49 30 1234567 tomorrow.",
    ],
)
def test_drafts_with_what_was_given(draft: str) -> None:
    """URLs, accounts, addresses and numbers of the mail or the owner may be repeated."""
    assert judged(opinion=model(auto_reply_suggestion=draft)).auto_reply_suggestion == draft


@pytest.mark.parametrize(
    "draft",
    [
        "See https://evil.example/x",
        "See www.evil.example",
        "See evil.example/pay",
        "Write to boss@evil.example",
        "Pay to GB33BUKB20201555555555",
        "Pay to DE89 3704 0044 0532 0130 00",
        "My card is 4111 1111 1111 1111",
        "Call 0900 555 1234",
        "x" * 3000,
        "  ",
        None,
    ],
)
def test_drafts_with_what_nobody_gave(draft: str | None) -> None:
    """Anything else drops the draft."""
    assert judged(opinion=model(auto_reply_suggestion=draft)).auto_reply_suggestion is None


def test_no_draft_for_suspicious_mail() -> None:
    """No answer is suggested to phishing, spam, or a mail that instructs the model."""
    said = model(auto_reply_suggestion="Thank you.")
    assert judged(opinion=said, builtin=PHISH).auto_reply_suggestion is None
    assert judged(opinion=said, builtin=builtin(spam=0.99)).auto_reply_suggestion is None
    assert judged(hit("injection_visible"), opinion=said).auto_reply_suggestion is None


def test_engine_and_model_are_named() -> None:
    """The verdict names the author of the opinion."""
    assert (judged().engine, judged().model) == ("builtin", "")
    assert (judged(opinion=model()).engine, judged(opinion=model()).model) == ("ollama", "tiny")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "Betrugsverdacht. Die Mail sagt: You won."),
        ("pl", "Podejrzenie oszustwa. W wiadomości napisano: You won."),
        ("sv", "Suspected fraud. The mail says: You won."),
    ],
)
def test_fraud_is_told_as_what_the_mail_says(language: str, expected: str) -> None:
    """The summary never repeats a claim as a fact, in the language of the mail where there is a pack."""
    assert summary(None, Opinion(engine="x", summary="You won.", language=language), fraud=True) == expected
