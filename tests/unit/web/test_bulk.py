"""Changes of many messages from the list: done at once, undone at once, and only within the visitor's mailboxes."""

from __future__ import annotations

import pytest

from glassdome.core.limits import MAX_VIEWS
from glassdome.values.action import ActionState
from glassdome.values.owner import SenderStanding
from glassdome.values.verdict import Label
from tests.unit.api.bench import OTHER, OWN, RO, USER, Bench, analysis, ref, verdict

from .browser import START, Browser, browsing
from .test_forms import stock

HOSTILE = "<script>alert(1)</script>\u202e"


def named(uid: int, mailbox: str = USER) -> str:
    """Return the value of a message's box."""
    return f"{mailbox} INBOX;UIDVALIDITY=1;UID={uid}"


async def ticked(browser: Browser, do: str, *uids: int, page: str = "") -> None:
    """Open the list, tick the messages, press a button, and see the list again."""
    await browser.open(page)
    await browser.send("bulk", {f"m{n}": named(uid) for n, uid in enumerate(uids)}, do=do)
    await browser.follow()


async def shown(browser: Browser, page: str) -> set[str]:
    """Return the subjects of a list."""
    await browser.open(page)
    return {a.text() for a in browser.page.css(".row h2 a")}


@pytest.mark.parametrize(("do", "label"), [("harmless", Label.HAM), ("spam", Label.SPAM), ("phishing", Label.PHISH)])
async def test_many_are_corrected_and_undone(bench: Bench, do: str, label: Label) -> None:
    """One press corrects them, one takes the corrections back; pressed again it says that there is nothing."""
    await bench.store(analysis(ref(1)), analysis(ref(2)), analysis(ref(3)))
    async with browsing(bench) as browser:
        await ticked(browser, do, 1, 2)
        assert "2 messages changed." in browser.text
        said = {item.ref.uid: item.label for item in await bench.database.feedback.list()}
        old = browser.page.css_first('form[action="./undo-many"] input[name=undo]').attributes["value"] or ""
        await browser.send("undo-many")
        await browser.follow()
        assert "Undone." in browser.text
        await ticked(browser, "done", 1)
        again = await browser.send("undo-many", undo=old)

    assert said == {1: label, 2: label}
    assert await bench.database.feedback.list() == ()
    assert again.status_code == 404


async def test_an_earlier_correction_comes_back(bench: Bench) -> None:
    """Undoing puts the label before it back, not none."""
    await bench.store(analysis(ref(1)))
    async with browsing(bench) as browser:
        await ticked(browser, "spam", 1)
        await ticked(browser, "harmless", 1)
        await browser.send("undo-many")
    (said,) = await bench.database.feedback.list()

    assert said.label is Label.SPAM


async def test_what_is_done_leaves_the_view_of_what_to_do(bench: Bench) -> None:
    """It stays in the list and in its own view, until that is undone."""
    now = verdict(attention="now")
    await bench.store(analysis(ref(1), subject="One", verdict=now), analysis(ref(2), subject="Two", verdict=now))
    async with browsing(bench) as browser:
        await ticked(browser, "done", 1, page="?show=now")
        assert [a.text() for a in browser.page.css(".row h2 a")] == ["Two"]
        assert await shown(browser, "?show=done") == {"One"}
        assert await shown(browser, "") == {"One", "Two"}
        await ticked(browser, "not_done", 1, page="?show=done")
        assert await shown(browser, "?show=now") == {"One", "Two"}


async def test_mail_is_moved_back(bench: Bench) -> None:
    """As far as something was done to it; the rest is counted."""
    await stock(bench)
    await bench.store(analysis(ref(6)))
    async with browsing(bench) as browser:
        await ticked(browser, "back", 5, 6)
        assert "1 message changed." in browser.text
        assert "1 could not be changed" in browser.text
    (item,) = await bench.database.actions.of(ref(5))

    assert item.state is ActionState.UNDONE


@pytest.mark.parametrize(("do", "word"), [("block", SenderStanding.BLOCKED), ("trust", SenderStanding.TRUSTED)])
async def test_a_sender_is_blocked_or_trusted(bench: Bench, do: str, word: SenderStanding) -> None:
    """For that mailbox, until it is undone."""
    await bench.store(analysis(ref(1)))
    async with browsing(bench) as browser:
        await ticked(browser, do, 1)
        before = await bench.database.owners.standing(USER, "shop@shop.example")
        await browser.send("undo-many")

    assert before is word
    assert await bench.database.owners.standing(USER, "shop@shop.example") is None


@pytest.mark.parametrize("do", ["done", "harmless", "block"])
@pytest.mark.parametrize("key", [RO, OWN])
async def test_nobody_changes_the_mail_of_others(bench: Bench, do: str, key: str) -> None:
    """Neither a key that reads, nor one of another domain, although one message of its own is among them."""
    await bench.store(analysis(ref(1)), analysis(ref(1, OTHER)))
    async with browsing(bench, key) as browser:
        await browser.open("queue")
        token = browser.page.css_first("input[name=form_token]").attributes["value"] or ""
        fields = {"form_token": token, "do": do, "m0": named(1), "m1": named(1, OTHER)}
        answer = await browser.client.post(START + "bulk", data=fields)

    assert answer.status_code == 403
    assert await bench.database.owners.marks_of([ref(1), ref(1, OTHER)]) == {}
    assert await bench.database.feedback.list() == ()
    assert await bench.database.owners.senders(OTHER) == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "done"},
        {"do": "explode", "m0": named(1)},
        {"do": "done", "m0": f"{USER} 1"},
        {"do": "done", "m0": "x"},
        {"do": "done", "m0": named(1), "back": "priority=x"},
    ],
)
async def test_wrong_input_changes_nothing(bench: Bench, fields: dict[str, str]) -> None:
    """A sentence, under 400."""
    await bench.store(analysis(ref(1)))
    async with browsing(bench) as browser:
        await browser.open("")
        answer = await browser.send("bulk", fields)

    assert answer.status_code == 400
    assert await bench.database.owners.marks_of([ref(1)]) == {} or fields.get("back")


async def test_views_are_saved_and_deleted(bench: Bench) -> None:
    """Under a name that is only text, for that key alone."""
    await bench.store(analysis(ref(1), subject="One"), analysis(ref(2), Label.PHISH, subject="Two"))
    async with browsing(bench) as browser, browsing(bench, OWN) as other:
        await browser.open("?show=phishing&sort=priority")
        await browser.send("views", name=HOSTILE, do="save")
        await browser.follow()
        assert "The view is saved." in browser.text
        assert "<script>alert" not in browser.answer.text
        await browser.open("")
        (saved,) = [a for a in browser.page.css(".views a") if "alert(1)" in a.text()]
        assert await shown(browser, (saved.attributes["href"] or "").removeprefix("./")) == {"Two"}
        await other.open("")
        assert "alert(1)" not in other.text
        await browser.open("")
        await browser.send("views", name=HOSTILE, do="delete")
        await browser.follow()
        assert "alert(1)" not in browser.text


async def test_views_are_bounded(bench: Bench) -> None:
    """In their number and length; one of a name that is there can be saved again."""
    async with browsing(bench) as browser:
        await browser.open("?show=phishing")
        form = browser.answer
        statuses = []
        for name in (*map(str, range(MAX_VIEWS + 1)), "0"):
            browser.answer = form
            statuses.append((await browser.send("views", name=name, do="save")).status_code)
        browser.answer = form
        long = await browser.send("views", name="0", do="save", back=f"mailbox={'m' * 10_000}")

    assert statuses == [*[303] * MAX_VIEWS, 409, 303]
    assert long.status_code == 400


async def test_totals_count_all_that_may_be_seen(bench: Bench) -> None:
    """Of one domain only for its key, whatever the search."""
    await bench.store(analysis(ref(1), Label.PHISH), analysis(ref(2)), analysis(ref(3, OTHER)))
    async with browsing(bench, OWN) as browser:
        await browser.open("?text=unicorn")
        totals = browser.page.css_first(".totals").text()

    assert totals == "2 messages, 1 phishing, 0 spam"


async def test_an_owners_word_on_a_sender_is_taken_back_for_good(bench: Bench) -> None:
    """The settings list who is blocked or trusted; a sender that is neither is not found."""
    await bench.store(analysis(ref(1)))
    async with browsing(bench) as browser:
        await ticked(browser, "block", 1)
        (rule,) = await bench.database.owners.senders(USER)
        await browser.open(f"settings?mailbox={USER}")
        assert f"{rule.addr}: blocked" in browser.text
        again = Browser(browser.client)
        again.answer = browser.answer
        done = (await browser.send("forget-sender")).status_code, (await again.send("forget-sender")).status_code
        await browser.open(f"settings?mailbox={USER}")
        gone = browser.page.css_first('form[action="./forget-sender"]')

    assert done == (303, 404)
    assert gone is None
    assert await bench.database.owners.senders(USER) == ()
    assert "forget_sender" in {entry["action"] for entry in await bench.database.history.audited()}
