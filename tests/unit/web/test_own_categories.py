"""Own categories: which mail gets them, and the page that keeps them."""

from __future__ import annotations

import pytest

from glassdome.values.message import Address
from glassdome.values.own_category import OwnCategory, category_for, keyword_of
from tests.unit.api.bench import NOW, RW, USER, Bench, analysis, ref

from .browser import browsing
from .test_pages import MESSAGE

KNOWN = (
    OwnCategory(mailbox=USER, name="House", words=("Dach", "roof repair")),
    OwnCategory(mailbox=USER, name="Club", words=("été",), senders=("@club.example", "ann@example.org")),
)


@pytest.mark.parametrize(
    ("addr", "subject", "name"),
    [
        ("x@club.example", "Das Dach", "Club"),
        ("Ann@Example.org", "", "Club"),
        ("x@sub.club.example", "", None),
        ("x@y.example", "Re: DACH!", "House"),
        ("x@y.example", "Dachs", None),
        ("x@y.example", "Your roof-repair", "House"),
        ("x@y.example", "Fete d'ETE", "Club"),
        ("", "", None),
    ],
)
def test_senders_come_before_whole_words(addr: str, subject: str, name: str | None) -> None:
    """Case and accents do not matter; a part of a word is none."""
    found = category_for(KNOWN, sender=Address(addr=addr), subject=subject)

    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("name", "keyword"),
    [("House move", "glassdome-my-house-move"), ("Été", "glassdome-my-ete"), ("家", ""), ("()", "")],
)
def test_keywords_are_plain_words(name: str, keyword: str) -> None:
    """Of letters that IMAP lets pass, and only where they are wanted."""
    assert keyword_of(OwnCategory(mailbox=USER, name=name, keyword=True)) == keyword
    assert keyword_of(OwnCategory(mailbox=USER, name=name)) == ""


async def test_a_category_is_added_renamed_and_removed(bench: Bench) -> None:
    """On the page; mail that has it follows, and the list offers it."""
    await bench.choose(USER)
    async with browsing(bench, RW) as browser:
        await browser.open(f"categories?mailbox={USER}")
        await browser.send(
            "categories", name=" House  move ", words="boxes\n\nvan\n", senders="", keyword="on", do="save"
        )
        await browser.follow()
        assert "The category is saved." in browser.text
        await bench.store(analysis(ref(5), subject="Two boxes left"))
        await browser.open(MESSAGE)
        assert "Your category House move" in browser.page.css_first("dl").text(separator=" ").replace("\n", " ")
        await browser.open(f"categories?mailbox={USER}")
        await browser.send("categories", name="Home", words="boxes", senders="", do="save")
        await browser.open("?category=Home")
        assert len(browser.page.css(".row")) == 1
        await browser.open(f"categories?mailbox={USER}")
        await browser.send("categories", do="remove")
        await browser.open("?category=Home")
        assert len(browser.page.css(".row")) == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "", "do": "save"}, "has 1 to 60 characters"),
        ({"name": "x", "senders": "not an address", "do": "save"}, "A sender is an address"),
        ({"name": "家", "keyword": "on", "do": "save"}, "A keyword needs a name"),
        ({"name": "x", "words": "w\n" * 1 + "\n".join(map(str, range(60))), "do": "save"}, "at most, one a line"),
        ({"old": "gone", "name": "x", "do": "save"}, "There is no such category."),
        ({"old": "gone", "do": "remove"}, "There is no such category."),
        ({"do": "other"}, "Choose whether"),
    ],
)
async def test_what_cannot_be_stored_is_said(bench: Bench, fields: dict[str, str], said: str) -> None:
    """And nothing is stored."""
    async with browsing(bench, RW) as browser:
        await browser.open(f"categories?mailbox={USER}")
        await browser.send("categories", fields)

        assert said in browser.text
    assert await bench.database.owners.categories.of(USER) == ()


async def test_the_keyword_follows_the_choice_on_a_message(bench: Bench) -> None:
    """The one before is taken away."""
    await bench.choose(USER)
    for name in ("One", "Two"):
        await bench.database.owners.categories.save(OwnCategory(mailbox=USER, name=name, keyword=True), now=NOW)
    await bench.store(analysis(ref(5)))
    async with browsing(bench, RW) as browser:
        for name in ("One", "Two"):
            await browser.open(MESSAGE)
            await browser.send("category", category=name)
    planned = [(str(item.action.kind), item.action.argument) for item in await bench.database.actions.of(ref(5))]

    assert planned == [("remove_keyword", "glassdome-my-one"), ("add_keyword", "glassdome-my-two")]
