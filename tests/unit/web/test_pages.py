"""Tests of the content of each page, for each visitor."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.core.errors import ModelUnavailable
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.analysis import AttachedFile
from glassdome.values.fact import Fact
from glassdome.values.feedback import Feedback
from glassdome.values.job import JobState, NewJob
from glassdome.values.opinion import ActionItem, Usage
from glassdome.values.signal import Evidence
from glassdome.values.verdict import Label
from tests.unit.api.bench import KEYS, NOW, OTHER, OWN, RO, RW, USER, Bench, analysis, ref, verdict

from .browser import Browser, browsing

MESSAGE = f"message?mailbox={USER}&id=INBOX%3BUIDVALIDITY%3D1%3BUID%3D5"
PAGES = {
    "sign-in": "Sign in",
    "": "Mail",
    MESSAGE: "Mail 5 😀",
    "overview": "Overview",
    "queue": "Queue: Failed",
    f"settings?mailbox={USER}": f"Settings of {USER}",
    "service": "Settings of the service",
}


async def stock(bench: Bench) -> None:
    """A phishing mail in our mailbox, a harmless one in another's, and a job that failed in each."""
    await bench.choose(USER, OTHER)
    await bench.store(analysis(ref(5), Label.PHISH), analysis(ref(6, OTHER), subject="Private matter"))
    for mailbox in (USER, OTHER):
        await bench.database.queue.enqueue([NewJob(ref=ref(9, mailbox))], now=NOW)
        await bench.fail("message_too_large", f"Too large, {mailbox}.")


def links(browser: Browser) -> list[str]:
    """Return where the rows of the list lead."""
    return [a.attributes["href"] or "" for a in browser.page.css(".row h2 a")]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("key", [RO, RW])
async def test_every_page_is_whole(bench: Bench, page: str, key: str) -> None:
    """A language, a title of its own, one main heading, labels for all fields, and a policy that lets nothing in."""
    await stock(bench)
    async with browsing(bench, None if page == "sign-in" else key) as browser:
        answer = await browser.open(page)
        tree = browser.page

    assert answer.status_code == 200
    assert tree.css_first("html").attributes["lang"] == "en"
    assert tree.css_first("title").text() == f"{PAGES[page]} · Glassdome"
    assert len(tree.css("h1")) == 1
    for field in tree.css("input:not([type=hidden]), select"):
        names = field.attributes
        assert (
            field.parent.tag == "label" or names.get("aria-labelledby") or tree.css(f'label[for="{names.get("id")}"]')
        ), field.html
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        **dict.fromkeys(("style-src", "script-src", "img-src", "connect-src", "form-action"), "'self'"),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for node in tree.css("*"):
        assert "style" not in node.attributes
        assert not [name for name in node.attributes if name.startswith("on")]
        for name in ("href", "src", "action"):
            assert (node.attributes.get(name) or "./").startswith(("./", "#"))
    assert not tree.css("style")
    assert {node.text() for node in tree.css("script")} == {""}


@pytest.mark.parametrize("page", [p for p in PAGES if p not in ("sign-in", "")])
async def test_a_reading_key_is_offered_no_change(bench: Bench, page: str) -> None:
    """No button changes anything; a writing key has some on the same page."""
    await stock(bench)
    buttons = []
    for key in (RO, RW):
        async with browsing(bench, key) as browser:
            await browser.open(page)
            buttons.append(len(browser.page.css("main form[method=post] button")))

    assert buttons[0] == 0
    assert (buttons[1] > 0) is (page != "overview")


@pytest.mark.parametrize(
    "page", ["", "overview", "queue", "queue?state=done", "settings", f"queue?state=failed&mailbox={USER}"]
)
async def test_a_limited_key_sees_its_own(bench: Bench, page: str) -> None:
    """Nothing of another domain is on any page."""
    await stock(bench)
    async with browsing(bench, OWN) as browser:
        await browser.open(page)

        assert browser.answer.status_code == 200
        assert "example.net" not in browser.answer.text
        assert "Private matter" not in browser.answer.text


@pytest.mark.parametrize(
    "page",
    [
        "service",
        *(f"{page}mailbox={OTHER}" for page in ("?", "overview?", "queue?", "settings?")),
        f"message?mailbox={OTHER}&id=6",
        f"message?mailbox={OTHER}&id=777",
    ],
)
async def test_a_limited_key_is_refused_the_rest(bench: Bench, page: str) -> None:
    """403, the same whether or not something is there."""
    await stock(bench)
    async with browsing(bench, OWN) as browser:
        await browser.open(page)

        assert browser.answer.status_code == 403
        assert "This needs a key" in browser.text or "does not cover" in browser.text


async def test_a_limited_key_counts_its_own(bench: Bench) -> None:
    """The tiles of the overview are of its mailboxes."""
    await stock(bench)
    async with browsing(bench, OWN) as browser:
        await browser.open("overview")
        tiles = {t.css_first("dt").text(): t.css_first("dd").text() for t in browser.page.css(".tiles div")}

    assert (tiles["Messages"], tiles["Phishing"], tiles["Failed"]) == ("1", "1", "1")


async def test_a_row_says_what_matters(bench: Bench) -> None:
    """The verdict as a word beside its shape, sender, subject, summary, priority, age."""
    await stock(bench)
    async with browsing(bench) as browser:
        await browser.open("?show=phishing")
        (row,) = browser.page.css(".row")

    assert row.css_first(".badge").text().strip() == "Phishing"
    assert row.css_first(".badge svg[aria-hidden=true]")
    said = " ".join(row.text().split())
    for words in (
        "Shop shop@shop.example",
        "Mail 5 😀",
        "Asks for money.",
        "Priority 7",
        "invoice",
        "sensitive data",
        "just now",
    ):
        assert words in said


async def test_what_was_not_judged_is_never_shown_as_safe(bench: Bench) -> None:
    """The list leads with it, and its page says why; no page says that it looks fine."""
    await stock(bench)
    async with browsing(bench, OWN) as browser:
        await browser.open("")
        unjudged = browser.page.css_first(".unjudged")
        assert "Too large, user@example.org." in unjudged.text()
        await browser.open(unjudged.css_first("li a").attributes["href"] or "")

        assert "Not judged" in browser.text
        assert "Too large, user@example.org." in browser.text
        assert "There is no verdict: this message may be unsafe." in browser.text
        assert "fine" not in browser.page.css_first("article").html


@pytest.mark.parametrize(
    ("state", "words"), [(JobState.PENDING, "waits in the queue"), (JobState.CANCELLED, "was cancelled")]
)
async def test_a_message_on_its_way_says_so(bench: Bench, state: JobState, words: str) -> None:
    """Neither safe nor failed."""
    await bench.database.queue.enqueue([NewJob(ref=ref(5))], now=NOW)
    job = await bench.database.queue.get(ref(5))
    assert job
    await bench.database.queue.set_state([job.id], state=state, now=NOW)
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)

        assert words in browser.text
        assert "Looks fine" not in browser.text


async def test_a_message_page_is_complete(bench: Bench) -> None:
    """Reasons with evidence, kinds of sensitive data, requests, draft, signals, engine, model calls."""
    of = verdict(
        Label.PHISH, model="llama3.2:3b", engine="ollama", auto_reply_suggestion="Dear shop,\nno.",
        usage=Usage(calls=1, tokens_in=900, tokens_out=80),
    )  # fmt: skip
    await bench.store(analysis(ref(5), verdict=of))
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        said = browser.text

    for words in (
        "The domain looks like another. look_alike",
        "link 1",
        "iban",
        "Pay due Friday",
        "Do not do it.",
        "Dear shop, no.",
        "never sent automatically",
        "looks alike",
        "not checked",
        "ollama, llama3.2:3b",
        "1, 900 tokens in, 80 out",
        "250 ms",
        "5@shop.example",
    ):
        assert words in said, words
    assert "forms" not in said


async def test_facts_and_files_show_with_their_places(bench: Bench) -> None:
    """A small table of facts; the files with a line on each, and those that could not be read."""
    facts = (
        Fact(type="amount", value="842.50 EUR", where="bill.pdf, page 2", evidence="Total € 842.50"),
        Fact(type="datetime", value="2026-12-12T10:00", where="body", evidence="12 December, 10 am"),
        Fact(type="qr", value="<script>alert(1)</script>", where="QR in code.png"),
    )
    files = (
        AttachedFile(name="bill.pdf", type="application/pdf", bytes=9, summary="Invoice 1187, EUR 842.50."),
        AttachedFile(name="locked.zip", type="application/zip", bytes=9, read="encrypted"),
    )
    await bench.store(analysis(ref(5), verdict=verdict(), facts=facts, attachments=files))
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        said = browser.text

    for words in (
        "bill.pdf application/pdf, 9 bytes",
        "Invoice 1187, EUR 842.50.",
        "amount842.50 EUR page 2",
        "date and time2026-12-12T10:00in the text",
        "code<script>alert(1)</script>QR in code.png",
        "locked.zip application/zip, 9 bytes encrypted",
    ):
        assert words in said, words


async def test_attention_and_due_days_show(bench: Bench) -> None:
    """In the list as words with the first day, on the page with the reason and each day."""
    pay = ActionItem(text="Pay", evidence=Evidence(where="text"), due="by Friday", due_at="2026-12-04")
    call = ActionItem(text="Call", evidence=Evidence(where="text"), due="tomorrow", due_at="2026-11-30")
    of = verdict(attention="now", attention_reason="Somebody asks for it.", action_items=(pay, call))
    await bench.store(analysis(ref(5), verdict=of))
    async with browsing(bench) as browser:
        await browser.open("")
        row = browser.page.css_first(".row .chips").text(separator=" ")
        await browser.open(MESSAGE)

        assert "now" in row
        assert "2 to do, due Mon 30 Nov" in row
        assert "now Somebody asks for it." in browser.text
        assert "Pay due Fri 4 Dec" in browser.text
        assert "Call due Mon 30 Nov" in browser.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"degraded": True, "degraded_reason": "model_unavailable"},
            "without the configured model (model_unavailable)",
        ),
        ({"skipped": "repeat"}, "The model was not asked, by the policy repeat"),
    ],
)
async def test_what_the_model_did_not_see_is_said(bench: Bench, changes: dict[str, Any], words: str) -> None:
    """Degraded and skipped verdicts say so."""
    await bench.store(analysis(ref(5), verdict=verdict(**changes)))
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)

        assert words in browser.text


@pytest.mark.parametrize(
    ("query", "uids"),
    [
        ("", [4, 3, 2, 1]),
        ("text=invoice", [3]),
        ("show=phishing", [2]),
        ("show=rest", [4, 3, 1]),
        ("show=degraded", [4]),
        ("show=sensitive", [2]),
        ("priority=9", [3]),
        ("category=travel", [1]),
        (f"mailbox={OTHER}", [1]),
        ("since=24h", [4, 3, 2]),
        ("since=7d&text=&category=&priority=", [4, 3, 2, 1]),
    ],
)
async def test_each_filter_narrows(bench: Bench, query: str, uids: list[int]) -> None:
    """As the form sends them: empty fields too."""
    await bench.store(
        analysis(ref(1, OTHER), at=NOW - timedelta(days=2), verdict=verdict(categories=("travel",))),
        analysis(ref(2), Label.PHISH, at=NOW - timedelta(hours=3)),
        analysis(ref(3), at=NOW - timedelta(hours=2), subject="Invoices", verdict=verdict(priority_score=9)),
        analysis(ref(4), at=NOW - timedelta(hours=1), verdict=verdict(degraded=True)),
    )
    async with browsing(bench) as browser:
        await browser.open(f"?{query}")

        assert [int(link.rpartition("%3D")[2]) for link in links(browser)] == uids


async def test_the_list_is_paged(bench: Bench) -> None:
    """Following `Older` visits every message once and keeps the filter."""
    await bench.store(*(analysis(ref(uid), at=NOW + timedelta(seconds=uid)) for uid in range(1, 54)))
    seen: list[str] = []
    async with browsing(bench) as browser:
        address = "?since=7d"
        while address:
            await browser.open(address)
            seen += links(browser)
            older = [a for a in browser.page.css(".pages a") if a.text() == "Older"]
            address = (older[0].attributes["href"] or "") if older else ""
            assert "since=7d" in address or not address

    assert len(seen) == len(set(seen)) == 53


async def test_empty_pages_say_what_to_do_next(bench: Bench) -> None:
    """Nothing chosen, nothing there yet, nothing found."""
    async with browsing(bench) as browser:
        await browser.open("")
        assert "No mailbox is enabled yet" in browser.text
        await bench.choose(USER)
        await browser.open("")
        assert "No mail yet" in browser.text
        await browser.open("?text=unicorn")
        assert "Nothing matches" in browser.text
        await browser.open("overview")
        assert "Nothing has been judged yet" in browser.text
        await browser.open("queue")
        assert "Nothing failed" in browser.text


async def test_what_fails_is_shown_with_its_age(bench: Bench) -> None:
    """A part that does not work says so in words, and since when."""

    async def away() -> None:
        raise ModelUnavailable

    bench.services.probes["ollama"] = away  # type: ignore[index]
    async with browsing(bench) as browser:
        await browser.open("overview")
        states = [" ".join(li.text(separator=" ").split()) for li in browser.page.css(".health li")]

    assert states[0].startswith("Works Database for 0 seconds")
    assert states[1].startswith("Fails Language model (Ollama) for 0 seconds")


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with one value from the environment."""
    monkeypatch.setenv("OLLAMA_MODEL", "phi3:mini")
    return Settings(api_keys=SecretStr(KEYS))


async def test_each_settings_origin_is_said(pinned: Settings, bench: Bench) -> None:
    """A pinned one names its variable and has no field; a secret is never shown."""
    bench.base = bench.settings = pinned
    async with browsing(bench) as browser:
        await browser.open("service")
        fixed = {
            tr.css_first("th code").text(): " ".join(tr.text().split()) for tr in browser.page.css(".fixed tbody tr")
        }
        fields = {f.attributes["value"] for f in browser.page.css("form input[name=name]")}

    assert "pinned by environment OLLAMA_MODEL" in fixed["ollama_model"]
    assert "ollama_model" not in fields
    assert {"llm_batch_size", "log_level"} <= fields
    assert "set, not shown" in fixed["api_keys"]
    assert RW not in browser.answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404),
        ("static/nothing", 404),
        (f"message?mailbox={USER}&id=5", 404),
        ("message?mailbox=x&id=5", 400),
        ("?cursor=x", 400),
        ("?priority=x", 400),
        ("queue?after=x", 400),
    ],
)
async def test_refusals_are_pages(bench: Bench, path: str, status: int) -> None:
    """A sentence, and the way back; never JSON."""
    async with browsing(bench) as browser:
        await browser.open(path)

        assert browser.answer.status_code == status
        assert browser.page.css_first("[role=alert]").text()


@pytest.mark.parametrize("path", ["/", "/llm"])
async def test_the_way_in(bench: Bench, path: str) -> None:
    """The bare host and the name without its slash lead to the first page."""
    async with browsing(bench) as browser:
        answer = await browser.client.get(f"http://glass.example{path}")

    assert (answer.status_code, answer.headers["Location"]) == (307, "llm/")


async def test_files_are_kept_by_browsers_until_they_change(bench: Bench) -> None:
    """Each file's address holds its version."""
    async with browsing(bench) as browser:
        await browser.open("")
        for node, name in (("link[rel=stylesheet]", "href"), ("script", "src"), ("link[rel=icon]", "href")):
            file = await browser.client.get(
                "http://glass.example/llm/" + (browser.page.css_first(node).attributes[name] or "")
            )
            assert file.status_code == 200
            assert "max-age=31536000" in file.headers["Cache-Control"]


async def test_actions_are_shown_with_their_states(bench: Bench) -> None:
    """The page lists the actions and their outcomes."""
    await bench.store(analysis(ref(5)))
    await bench.act(Action(ref=ref(5), kind=ActionKind.ALERT, argument="phishing"))
    bench.set(api_keys=SecretStr(f"{RW}:rw"))
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        (action,) = browser.page.css(".actions li")

    assert "Warning to the owner of phishing: sent" in " ".join(action.text().split())
    assert not action.css("form"), "an alert cannot be taken back"


@pytest.mark.parametrize("mailbox", [None, "overseer@example.org"])
async def test_the_switch_says_when_no_warning_is_sent(bench: Bench, mailbox: str | None) -> None:
    """Without a mailbox to send from, the box that promises warnings tells so."""
    bench.set(overseer_mailbox=mailbox, mailcow_smtp_host="smtp.example.org")
    async with browsing(bench) as browser:
        await browser.open(f"settings?mailbox={USER}")
        about = browser.page.css_first("#phishing_alerts-about").text()

    assert ("No warning is sent at present" in about) is (mailbox is None)


@pytest.mark.parametrize(
    ("readable", "words"),
    [("encrypted", "Not judged: encrypted"), ("damaged", "Not judged: cannot be read"), ("empty", "Not judged: empty")],
)
async def test_what_could_not_be_read_never_looks_fine(bench: Bench, readable: Any, words: str) -> None:
    """The list, the message and the overview say that nobody judged it, and why; REST has no score."""
    unknown = replace(
        verdict(), label=Label.UNKNOWN, is_phishing=None, phishing_score=None, readable=readable, phishing_reasons=()
    )
    await bench.choose(USER)
    await bench.store(replace(analysis(ref(5)), verdict=unknown))
    async with browsing(bench, RO) as browser:
        await browser.open("")
        listed = browser.page.css_first(".row").text()
        await browser.open(MESSAGE)
        shown = browser.page.css_first("article").text()
        await browser.open("overview")
        totals = browser.page.css_first(".tiles").text()

    assert words in listed
    assert words in shown
    assert "It may be unsafe." in shown
    assert "Looks fine" not in listed + shown
    assert "Phishing score" not in shown
    assert "Not judged: could not be read\n1" in "\n".join(
        totals.split("\n")
    ) or "could not be read1" in totals.replace("\n", "")
    row = (await bench.get("/api/v1/get/llm/analysis", mailbox=USER, email_id="INBOX;UIDVALIDITY=1;UID=5")).json()
    assert (row["label"], row["is_phishing"], row["phishing_score"], row["readable"]) == (
        "unknown",
        None,
        None,
        readable,
    )


async def test_the_list_is_by_arrival_and_can_be_sorted(bench: Bench) -> None:
    """A mail that came first and was judged last stands below; each order is a link that keeps the search."""
    early, late = NOW - timedelta(days=2), NOW - timedelta(days=1)
    await bench.store(
        analysis(ref(1), verdict=verdict(priority_score=9), received_at=late),
        analysis(ref(2), Label.PHISH, received_at=early, at=NOW + timedelta(minutes=1)),
    )
    async with browsing(bench) as browser:
        found = {}
        for sort in ("", "?sort=priority", "?sort=phishing"):
            await browser.open(sort)
            found[sort] = [link.rpartition("UID%3D")[2] for link in links(browser)]
        await browser.open("?text=shop")
        kept = [a.attributes["href"] for a in browser.page.css(".sorts a")]

    assert found == {"": ["1", "2"], "?sort=priority": ["1", "2"], "?sort=phishing": ["2", "1"]}
    assert kept == [f"./?text=shop&sort={sort}" for sort in ("received", "priority", "phishing")]


async def test_a_warning_that_was_not_sent_shows_in_the_list(bench: Bench) -> None:
    """On the row of its message alone."""
    await bench.store(analysis(ref(1), Label.PHISH), analysis(ref(2), Label.PHISH))
    alert = Action(ref=ref(2), kind=ActionKind.ALERT, argument="phishing")
    await bench.database.actions.plan([alert, replace(alert, ref=ref(1))], now=NOW)
    await bench.database.actions.finish(alert, state=ActionState.FAILED, now=NOW, detail="No alert mailbox.")
    async with browsing(bench) as browser:
        await browser.open("")
        marked = ["warning not sent" in row.text() for row in browser.page.css(".row")]

    assert marked == [True, False]


async def test_corrections_are_counted(bench: Bench) -> None:
    """In the overview, under what people said; a later correction takes the place of the first, with no new verdict."""
    await stock(bench)
    async with browsing(bench) as browser:
        for label, words in ((Label.HAM, "1 to harmless"), (Label.SPAM, "1 to spam")):
            await browser.open("overview")
            said = Feedback(ref=ref(5), label=label, actor="test", note="")
            await bench.database.history.record_feedback(said, now=NOW)
            await browser.open("overview")
            assert words in " ".join(browser.text.split())


async def test_dates_can_be_taken_into_a_calendar(bench: Bench) -> None:
    """The page of a message with a due date leads to a calendar file; a page without one does not."""
    item = ActionItem(text="Pay", evidence=Evidence(where="text", quote="pay"), due="Friday", due_at="2026-12-12")
    await bench.choose(USER)
    await bench.store(
        analysis(ref(5), verdict=verdict(action_items=(item,))),
        analysis(ref(6), Label.PHISH, verdict=verdict(Label.PHISH)),
    )
    async with browsing(bench, RO) as browser:
        await browser.open(MESSAGE)
        address = browser.page.css_first("a[download]").attributes["href"] or ""
        taken = await browser.open(address.removeprefix("./"))
        await browser.open(MESSAGE.replace("UID%3D5", "UID%3D6"))
        without = browser.page.css("a[download]")

    assert taken.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "DTSTART;VALUE=DATE:20261212" in taken.text
    assert without == []
