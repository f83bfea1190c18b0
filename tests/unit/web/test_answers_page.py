"""The absence notice and the rules of automatic answers in the forms of a mailbox's settings."""

from __future__ import annotations

import pytest

from tests.unit.api.bench import RO, USER, Bench

from .browser import Browser, browsing

PAGE = f"settings?mailbox={USER}"


async def said_after(browser: Browser, action: str, **fields: str) -> str:
    """Send a form and return what the page says then."""
    await browser.open(PAGE)
    await browser.send(action, fields)
    if browser.answer.status_code == 303:
        await browser.follow()
    return browser.text


async def test_an_absence_notice_begins_and_ends(bench: Bench) -> None:
    """With its days and its subject; an empty text ends it."""
    await bench.choose(USER)
    notice = {"text": "Away.", "from": "2026-12-20", "until": "2027-01-02", "subject": "Not here"}
    async with browsing(bench) as browser:
        said = await said_after(browser, "absence", **notice)
        shown = browser.page.css_first("textarea[name=text]").text()
        kept = await bench.database.preferences.get_preferences(USER)
        ended = await said_after(browser, "absence", text=" ")

    assert ("notice is saved" in said, shown, "no absence notice" in ended) == (True, "Away.", True)
    assert (kept.absence, kept.absence_from, kept.absence_until, kept.absence_subject) == tuple(notice.values())
    assert (await bench.database.preferences.get_preferences(USER)).absence == ""


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"text": "Away.", "from": "2026-12-20", "until": "2026-12-19"}, "ends before it begins"),
        ({"text": "Away.", "from": "tomorrow"}, "absence_from"),
        ({"text": "Away.", "from": "2026-02-31"}, "2026-02-31"),
        ({"text": "x" * 4001}, "4000"),
    ],
)
async def test_an_absence_that_cannot_be_is_refused(bench: Bench, fields: dict[str, str], word: str) -> None:
    """By the page, in a sentence; nothing is stored."""
    await bench.choose(USER)
    before = await bench.database.preferences.get_preferences(USER)
    async with browsing(bench) as browser:
        said = await said_after(browser, "absence", **fields)
        status = browser.answer.status_code

    assert (status, word in said) == (400, True), said
    assert await bench.database.preferences.get_preferences(USER) == before


async def test_a_rule_lives_and_ends(bench: Bench) -> None:
    """It is added, replaced by one of its name, switched off and on, and removed; the others stay in their order."""
    await bench.choose(USER)
    rules = bench.database.answer_rules
    async with browsing(bench) as browser:
        add = {"do": "put", "days": "3", "categories": "support, complaint", "subject_words": "help"}
        await said_after(browser, "answer-rule", **add, name="request", text="We have it.")
        await said_after(browser, "answer-rule", do="put", name="other", text="<b>Hello</b>")
        (first, second) = await rules.of(USER)
        await said_after(browser, "answer-rule", do="put", name="request", text="We have yours.")
        replaced = await rules.of(USER)
        off = await said_after(browser, "answer-rule", do="off", name="request")
        switched = await rules.of(USER)
        await said_after(browser, "answer-rule", do="on", name="request")
        again = await rules.of(USER)
        removed = await said_after(browser, "answer-rule", do="removed", name="request")
        missing = await said_after(browser, "answer-rule", do="on", name="request")

    assert (first.categories, first.subject_words, first.days) == (("support", "complaint"), ("help",), 3)
    assert [(rule.name, rule.text) for rule in replaced] == [("request", "We have yours."), ("other", "<b>Hello</b>")]
    assert [rule.enabled for rule in switched] == [False, True]
    assert [rule.enabled for rule in again] == [True, True]
    assert ("request (off)" in off, "<b>Hello</b>" in off, "We have yours." in removed) == (
        True,
        True,
        False,
    )
    assert "no rule request" in missing
    assert await rules.of(USER) == (second,)


async def test_a_rule_is_checked_as_over_rest(bench: Bench) -> None:
    """The name of the notice is taken, and a text is needed."""
    await bench.choose(USER)
    async with browsing(bench) as browser:
        taken = await said_after(browser, "answer-rule", do="put", name="absence", text="x")
        empty = await said_after(browser, "answer-rule", do="put", name="y", text=" ")
        wrong = await said_after(browser, "answer-rule", do="dance", name="y")

    assert ("named absence" in taken, "text" in empty, "what to do" in wrong) == (True, True, True)
    assert await bench.database.answer_rules.of(USER) == ()


async def test_a_key_that_only_reads_sees_no_buttons(bench: Bench) -> None:
    """The words are shown."""
    await bench.choose(USER)
    async with browsing(bench, RO) as browser:
        await browser.open(PAGE)
        assert browser.page.css('#answers button, #answers form[action="./answer-rule"]') == []
