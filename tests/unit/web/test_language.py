"""Pages in the reader's language: as the browser asks, as somebody chose, and English otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from glassdome.values.opinion import Reason
from glassdome.values.signal import Evidence
from glassdome.values.verdict import Label
from glassdome.web.figures import duration, number, size
from glassdome.web.times import Times
from glassdome.web.tongue import speak
from glassdome.web.words import age
from tests.unit.api.bench import NOW, Bench, analysis, ref, verdict

from .browser import browsing
from .test_pages import MESSAGE


@pytest.mark.parametrize(
    ("accepted", "tag", "heading"),
    [("de-AT,de;q=0.9,en;q=0.5", "de", "Anmelden"), ("fi", "en", "Sign in"), ("", "en", "Sign in")],
)
async def test_the_browser_says_which(bench: Bench, accepted: str, tag: str, heading: str) -> None:
    """Before anybody signed in."""
    async with browsing(bench, None) as browser:
        await browser.open("sign-in", **{"Accept-Language": accepted})
        root = browser.page.css_first("html")

        assert (root.attributes["lang"], root.attributes["dir"]) == (tag, "ltr")
        assert browser.page.css_first("h1").text() == heading
        assert browser.answer.headers["Content-Language"] == tag


async def test_a_choice_counts_for_more_and_can_be_taken_back(bench: Bench) -> None:
    """On the page of access, in this browser."""
    async with browsing(bench) as browser:
        await browser.open("access")
        await browser.send("language", language="fr")
        await browser.follow()
        assert browser.page.css_first("h1").text() == "Accès"
        assert browser.page.css_first('option[value="fr"]').attributes.keys() >= {"selected"}

        await browser.open("no-such-page", **{"Accept-Language": "de"})
        assert "Page introuvable" in browser.text

        await browser.open("access")
        await browser.send("language", language="")
        await browser.open("access", **{"Accept-Language": "de"})
        assert browser.page.css_first("h1").text() == "Zugang"

        await browser.send("language", language="tlh")
        assert browser.answer.status_code == 400


async def test_verdicts_categories_and_notices_are_translated(bench: Bench) -> None:
    """The words of the mail stay as they are."""
    await bench.store(analysis(ref(5), subject="Lunch at noon?"))
    async with browsing(bench) as browser:
        await browser.open("", **{"Accept-Language": "de"})
        assert browser.page.css_first(".badge").text().strip() == "Unauffällig"
        assert "Lunch at noon?" in browser.text
        await browser.open(f"{MESSAGE}&done=judged", **{"Accept-Language": "de"})
        assert browser.page.css_first(".notice").text() == "Die Nachricht wurde erneut bewertet."


async def test_reasons_are_translated_and_their_evidence_is_not(bench: Bench) -> None:
    """The reason of a verdict, of its attention, and the words of the mail as they stand there."""
    why = "nothing verifies that shop.example sent it"
    reason = Reason(signal="unauthenticated", why=why, evidence=(Evidence(where="text", quote="pay at once"),))
    phish = verdict(Label.PHISH, phishing_reasons=(reason,), attention_reason="It looks like fraud.")
    await bench.store(analysis(ref(5), verdict=phish))
    async with browsing(bench) as browser:
        await browser.open(MESSAGE, **{"Accept-Language": "de"})
        assert "nichts bestätigt, dass shop.example sie gesendet hat" in browser.text
        assert "Sie sieht nach Betrug aus." in browser.text
        assert "pay at once" in browser.text
        await browser.open(MESSAGE)
        assert why in browser.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["12,345.0", "2.4 s", "4.2 kB", "3 days ago", "Fri 4 Dec", "in 1 hour"]),
        ("de", ["12.345.0", "2,4 s", "4,2 kB", "vor 3 Tagen", "Fr. 4. Dez.", "in 1 Stunde"]),
    ],
)
def test_figures_and_days(language: str, said: list[str]) -> None:
    """Marks of decimals and thousands, forms for one and many, days of the week."""
    speak(language)
    try:
        times = Times(now=NOW, zone=NOW.tzinfo)  # type: ignore[arg-type]
        ages = [age(NOW - timedelta(days=3), NOW), times.due("2026-12-04"), age(NOW + timedelta(hours=1), NOW)]
        assert [f"{number(12345)}.0", duration(2.44), size(4200), *ages] == said
        assert number(9999) == "9999"
    finally:
        speak("en")


async def test_refusals_of_other_layers_are_translated(bench: Bench) -> None:
    """The sentences stand where they are raised; pages show them in the reader's language."""
    async with browsing(bench) as browser:
        await browser.open("message?mailbox=user&id=5", **{"Accept-Language": "de"})

    assert "Ihre Anfrage wurde abgelehnt" in browser.text
    assert "Das Postfach muss eine vollständige Adresse sein" in browser.text
