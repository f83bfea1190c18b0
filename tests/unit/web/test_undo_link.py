"""A digest's link undoes one move of one owner: after a question, once, without a sign-in, and not for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from glassdome.core.clock import FixedClock
from glassdome.core.errors import ConnectFailed
from glassdome.core.limits import MAX_UNDO_LINKS_PER_ADDRESS, UNDO_LINK_DAYS
from glassdome.core.undo_links import UndoLinks
from glassdome.ports.store import AnalysisQuery
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.verdict import Label
from tests.unit.api.bench import NOW, OTHER, USER, Bench, analysis, ref, verdict

from .browser import Browser, browsing
from .conftest import BOX

LINKS = UndoLinks(BOX)
MESSAGE = str(ref(5))
UNTIL = NOW + timedelta(days=UNDO_LINK_DAYS)
SUMMARY = "Words that the digest did not have."


async def stock(bench: Bench) -> int:
    """Store a phishing mail that was moved to Junk; return the action's id."""
    held = ref(5)
    await bench.store(
        analysis(held, Label.PHISH, subject="Your account", verdict=verdict(Label.PHISH, summary=SUMMARY))
    )
    bench.folders.held |= {ref(105, folder="Junk")}
    (action,) = await bench.act(
        Action(ref=held, kind=ActionKind.MOVE, argument="\\Junk"), moved_to=ref(105, folder="Junk")
    )
    return action


async def state_of(bench: Bench) -> ActionState:
    """Return the state of the one move."""
    (item,) = await bench.database.actions.of(ref(5))
    return item.state


async def opened(browser: Browser, link: str) -> httpx.Response:
    """Open a link."""
    return await browser.open(f"undo-link?link={link}")


async def test_a_link_asks_first_and_undoes_then(bench: Bench) -> None:
    """Opened ten times it changes nothing and sets no cookie; its button works without a sign-in."""
    link = LINKS.make(await stock(bench), MESSAGE, until=UNTIL)
    async with browsing(bench, None) as browser:
        answers = [await opened(browser, link) for _ in range(10)]
        asked, before, held = browser.text, await state_of(bench), set(bench.folders.held)
        await browser.send("undo-link")
        said = browser.text

    assert {answer.status_code for answer in answers} == {200}
    assert not any("set-cookie" in answer.headers for answer in answers)
    assert (before, held) == (ActionState.DONE, {ref(105, folder="Junk")})
    assert ("Your account" in asked, "Junk" in asked, SUMMARY in asked, USER in asked) == (True, True, False, False)
    assert "back in INBOX" in said
    assert await state_of(bench) is ActionState.UNDONE
    assert {at.folder for at in bench.folders.held} == {"INBOX"}
    audited = [row["actor"] for row in await bench.database.history.audited() if row["action"] == "edit_actions"]
    assert audited == [f"digest link of {USER}"]


async def test_a_link_works_once(bench: Bench) -> None:
    """Two presses at the same time move the message once, and a later one is told so."""
    link = LINKS.make(await stock(bench), MESSAGE, until=UNTIL)
    async with browsing(bench, None) as browser:
        post = "http://glass.example/llm/undo-link"
        both = await asyncio.gather(*(browser.client.post(post, data={"link": link}) for _ in range(2)))
        await opened(browser, link)
        again = await browser.client.post(post, data={"link": link})

    assert sorted(answer.status_code for answer in both)[0] == 200
    assert sum(answer.status_code == 200 for answer in both) == 1
    assert again.status_code == 409
    assert "used already" in browser.text
    assert "Your account" not in browser.text + again.text


async def test_a_move_undone_elsewhere_is_told(bench: Bench) -> None:
    """The owner was on its page before."""
    action = await stock(bench)
    (item,) = await bench.database.actions.of(ref(5))
    await bench.database.actions.finish(item.action, state=ActionState.UNDONE, now=NOW)
    async with browsing(bench, None) as browser:
        answer = await opened(browser, LINKS.make(action, MESSAGE, until=UNTIL))

    assert (answer.status_code, "undone already" in browser.text) == (409, True)


async def test_an_expired_link_says_so(bench: Bench) -> None:
    """To the second, and by the service's clock."""
    link = LINKS.make(await stock(bench), MESSAGE, until=UNTIL)
    assert isinstance(bench.clock, FixedClock)
    async with browsing(bench, None) as browser:
        bench.clock.advance(timedelta(days=UNDO_LINK_DAYS).total_seconds() - 1)
        before = await opened(browser, link)
        bench.clock.advance(1)
        after = await opened(browser, link)

    assert (before.status_code, after.status_code) == (200, 409)
    assert "expired" in browser.text
    assert await state_of(bench) is ActionState.DONE


@pytest.mark.parametrize(
    "which", ["other owner", "other message", "other action", "zero", "later", "cut", "empty", "words", "huge"]
)
async def test_a_forged_link_is_no_link(bench: Bench, which: str) -> None:
    """Nothing of a genuine one can be changed, and a stranger learns nothing."""
    action = await stock(bench)
    good = LINKS.make(action, MESSAGE, until=UNTIL)
    number, until, signature = good.split(".")
    forged = {
        "other owner": LINKS.make(action, str(ref(5, OTHER)), until=UNTIL),
        "other message": LINKS.make(action, str(ref(6)), until=UNTIL),
        "zero": f"{number}.0{until}.{signature}",
        "other action": f"{action + 1}.{until}.{signature}",
        "later": f"{number}.{int(until) + 1}.{signature}",
        "cut": good[:-1],
        "empty": "",
        "words": "a.b.c",
        "huge": f"{'9' * 5000}.{until}.{signature}",
    }[which]
    async with browsing(bench, None) as browser:
        answers = [
            await opened(browser, forged),
            await browser.client.post("http://glass.example/llm/undo-link", data={"link": forged}),
        ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not any("Your account" in answer.text for answer in answers)
    assert await state_of(bench) is ActionState.DONE


async def test_the_link_of_an_erased_move_undoes_no_later_one(bench: Bench) -> None:
    """SQLite gives the id of the last row again, once that was deleted."""
    link = LINKS.make(await stock(bench), MESSAGE, until=UNTIL)
    await bench.database.analyses.delete(AnalysisQuery(mailbox=USER, ref=ref(5), limit=1))
    await bench.store(analysis(ref(6), Label.PHISH, subject="Another mail"))
    moved = ref(106, folder="Junk")
    (later,) = await bench.act(Action(ref=ref(6), kind=ActionKind.MOVE, argument="\\Junk"), moved_to=moved)
    async with browsing(bench, None) as browser:
        answer = await opened(browser, link)

    assert int(link.partition(".")[0]) == later
    assert (answer.status_code, "Another mail" in browser.text) == (404, False)


async def test_a_link_stays_good_while_the_mail_server_is_away(bench: Bench) -> None:
    """It works when the server is back."""
    link = LINKS.make(await stock(bench), MESSAGE, until=UNTIL)
    async with browsing(bench, None) as browser:
        await opened(browser, link)
        bench.folders.error = ConnectFailed("The mail server is away.")
        away = await browser.send("undo-link")
        bench.folders.error = None
        await opened(browser, link)
        back = await browser.send("undo-link")

    assert (away.status_code, back.status_code) == (503, 200)


async def test_links_are_limited_per_address(bench: Bench) -> None:
    """Right and wrong links alike are refused past the limit of a minute."""
    link = LINKS.make(await stock(bench), MESSAGE, until=UNTIL)
    async with browsing(bench, None) as browser:
        answers = [await opened(browser, link) for _ in range(MAX_UNDO_LINKS_PER_ADDRESS + 1)]

    assert [answer.status_code for answer in answers[-2:]] == [200, 429]


async def test_another_secret_makes_other_links(bench: Bench) -> None:
    """Two purposes of one secret do, too."""
    text = "17"
    assert BOX.signature("undo link", text) != BOX.signature("another", text)
    assert BOX.signature("undo link", text) == BOX.signature("undo link", text)
