"""Mail is hostile: whatever it says arrives as text, apart from its surroundings, with nothing unseen in it."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from glassdome.desk.email_id import EmailId, parse_email_id
from glassdome.values.analysis import Analysis
from glassdome.values.job import NewJob
from glassdome.values.message import Address
from glassdome.values.opinion import ActionItem, Reason
from glassdome.values.preferences import Preferences
from glassdome.values.signal import Evidence, Outcome, SensitiveFinding, Signal
from glassdome.values.verdict import Label
from glassdome.web.page import message_link
from glassdome.web.untrusted_text import mail_text
from glassdome.web.words import sender
from tests.unit.api.bench import NOW, USER, Bench, analysis, ref, verdict

from .browser import browsing

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></style><script>alert(1)</script>",
    "<a href='javascript:alert(1)'>click</a>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!--<script>-->",
    "]]><x>",
    "<bdi></bdi></bdi><h1>You are signed out</h1>",
    "https://evil.example/login?x=1",
]
#: What our own pages consist of.
OWN_LINKS = ("./", "#")


def hostile(text: str) -> Analysis:
    """Return an analysis that says this everywhere."""
    evidence = Evidence(where=text, quote=text)
    return analysis(
        ref(5, folder=text),
        subject=text,
        message_id=text,
        header_from=Address(name=text, addr=f"{text}@x"),
        signals=(Signal(name=text, outcome=Outcome.HIT, detail=text),),
        verdict=verdict(
            Label.PHISH,
            phishing_reasons=(Reason(signal=text, why=text, evidence=(evidence,)),),
            summary=text,
            categories=(text,),
            tags=(text,),
            sensitive=(SensitiveFinding(type=text, start=0, end=1, masked=text),),
            action_items=(ActionItem(text=text + "!", evidence=evidence, due=text),),
            auto_reply_suggestion=text,
            language=text,
            model=text,
            degraded=True,
            degraded_reason=text,
        ),
    )


@pytest.mark.parametrize("text", ATTACKS)
async def test_mail_stays_text(bench: Bench, text: str) -> None:
    """On every page that shows it: no element, attribute or link of its making; in its own words, whole."""
    await bench.database.preferences.set_preferences(Preferences(username=text + "@x", chosen=True), now=NOW)
    await bench.choose(USER)
    await bench.store(hostile(text))
    await bench.database.queue.enqueue([NewJob(ref=ref(9, folder=text))], now=NOW)
    await bench.fail(text, text)
    async with browsing(bench) as browser:
        await browser.open("")
        pages = ["", browser.page.css_first(".row h2 a").attributes["href"] or "", "overview", "queue", "settings"]
        pages += [browser.page.css_first(".unjudged li a").attributes["href"] or ""]
        for page in pages:
            await browser.open(page)
            tree = browser.page
            assert browser.answer.status_code == 200, browser.text
            assert not tree.css("main script, main img, main svg[onload], main h1 h1, iframe, object, style")
            assert len(tree.css("h1")) == 1
            for node in tree.css("*"):
                assert not [name for name in node.attributes if name.startswith("on")]
                for name in ("href", "src", "action"):
                    assert (node.attributes.get(name) or "./").startswith(OWN_LINKS), page
            said = tree.body.text(separator="") if tree.body else ""
            found = text in said or text in [
                o.attributes.get("value", "").removesuffix("@x") for o in tree.css("option")
            ]
            assert found, f"{page}: {said}"


#: Fillers, blanks, joiners, selectors, marks of phrases.
DRAWN_AS_NOTHING = (
    *(0x3164, 0x115F, 0x1160, 0xFFA0, 0x034F, 0x2800, 0x17B4, 0xFFF0),
    *(0xE0100, 0xE01EF, 0x1BCA0, 0x1D173, 0x1D17A),
)
UNSEEN = {
    "\u202e": "U+202E",  # turns what follows around: "exe.gnp" for "png.exe"
    "\u2066": "U+2066",
    "\u200b": "U+200B",
    "\u200f": "U+200F",
    "\u061c": "U+061C",
    "\ufeff": "U+FEFF",
    "\u2028": "U+2028",
    "\x00": "U+0000",
    "\x1b": "U+001B",
    "\x85": "U+0085",
    "\ud800": "U+D800",
    "\U000e0041": "U+E0041",
    **{chr(code): f"U+{code:04X}" for code in DRAWN_AS_NOTHING},
}


@pytest.mark.parametrize("character", UNSEEN, ids=UNSEEN.get)
def test_unseen_characters_are_seen(character: str) -> None:
    """By their code point."""
    html = mail_text(f"a{character}b")

    assert character not in html
    assert f">{UNSEEN[character]}<" in html


def test_what_stands_around_them_is_escaped_too() -> None:
    """Before, between and after."""
    html = mail_text("<b>\u202e<i>\u202e<u>")

    assert [html.count(escaped) for escaped in ("&lt;b&gt;", "&lt;i&gt;", "&lt;u&gt;", "<b>", "<i>", "<u>")] == [
        1,
        1,
        1,
        0,
        0,
        0,
    ]


@pytest.mark.parametrize(
    "text", ["नमस्ते क्‍ष", "می‌خواهم", "👩‍👩‍👧 ✈️", "שלום", "Grüße\nan\talle", "日本語", "한국어", "ᠮᠣᠩᠭᠣᠯ᠋", "♪ 𝅘𝅥 ⠃"]
)
def test_peoples_own_scripts_stay_as_they_are(text: str) -> None:
    """Joiners of Indian scripts, Persian and emoji, right-to-left text, lines."""
    assert mail_text(text) == f'<bdi class="mail">{text}</bdi>'


async def test_broken_text_is_shown(bench: Bench) -> None:
    """A page with half a surrogate pair is still a page."""
    await bench.store(analysis(ref(5), subject="a\ud83d\u202eb", verdict=verdict(summary="c\u202ed")))
    async with browsing(bench) as browser:
        await browser.open("")
        assert browser.answer.status_code == 200
        assert browser.page.css_first(".row .unseen[title]")
        await browser.open(browser.page.css_first(".row h2 a").attributes["href"] or "")

        assert browser.page.css_first("title").text() == "a?[U+202E]b · Glassdome"
        assert "\u202e" not in browser.answer.text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Shop <a@b.example>", ("Shop", "a@b.example")),
        ("a@b.example", ("", "a@b.example")),
        ("bank@bank.example <x> <a@b.example>", ("bank@bank.example <x>", "a@b.example")),
        ("Broken <a@b", ("", "Broken <a@b")),
        ("", ("", "")),
    ],
)
def test_a_senders_name_is_apart_from_the_address(text: str, parts: tuple[str, str]) -> None:
    """The last address counts: a name may look like one."""
    assert sender(text) == parts


FOLDERS = {
    "Kunden/" + "漢" * 120: "long",
    "漢" * 500: "longest",
    "a.b&c#d;UIDVALIDITY=3;UID=4/ x%41+y?": "like a name",
    "100%; 50%25": "percent",
    "<b>": "brackets",
    "5": "number",
    "Entwürfe": "umlaut",
}


@pytest.mark.parametrize("folder", FOLDERS, ids=FOLDERS.get)
def test_a_message_can_be_named_in_any_folder(folder: str) -> None:
    """The link's name is read as the same message, whatever the folder is called."""
    link = message_link({"folder": folder, "uid_validity": 7, "email_id": "5", "mailbox": USER})
    (name,) = parse_qs(link.partition("?")[2])["id"]

    assert parse_email_id(name) == EmailId(folder=folder, uid=5, uid_validity=7)


@pytest.mark.parametrize("folder", FOLDERS, ids=FOLDERS.get)
async def test_a_message_can_be_opened_and_judged_in_any_folder(bench: Bench, folder: str) -> None:
    """The list leads to its page, and the page can judge it again."""
    await bench.choose(USER)
    await bench.store(analysis(ref(5, folder=folder)))
    bench.folders.held |= {ref(5, folder=folder)}
    async with browsing(bench) as browser:
        await browser.open("")
        await browser.open(browser.page.css_first(".row h2 a").attributes["href"] or "")
        assert (browser.answer.status_code, browser.page.css_first("h1").text()) == (200, "Mail 5 😀")
        await browser.send("analyse")
        await browser.follow()

        assert "first in the queue" in browser.text


async def test_a_notice_cannot_be_made_by_a_link(bench: Bench) -> None:
    """Only our own sentences are shown, by their code."""
    async with browsing(bench) as browser:
        await browser.open(f"?done=Call+0900+now&mailbox={USER}")

        assert "0900" not in browser.answer.text
