"""Each form of the pages works for those who may use it, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.feedback import Feedback
from glassdome.values.job import JobState, NewJob
from glassdome.values.verdict import Label
from tests.samples import a_verdict
from tests.unit.api.bench import NOW, OTHER, OWN, RO, RW, USER, Bench, analysis, ref

from .browser import START, Browser, browsing

MESSAGE = f"message?mailbox={USER}&id=INBOX%3BUIDVALIDITY%3D1%3BUID%3D5"
THIS = {"mailbox": USER, "id": "INBOX;UIDVALIDITY=1;UID=5"}
FORMS: dict[str, dict[str, str]] = {
    "analyse": THIS,
    "correct": THIS | {"label": "ham"},
    "harmless": THIS,
    "delete": THIS,
    "undo": THIS | {"action": "1"},
    "queue": {"action": "retry", "state": "failed"},
    "settings": {"mailbox": USER, "engine_access": "never"},
    "absence": {"mailbox": USER, "text": "Away."},
    "answer-rule": {"mailbox": USER, "do": "put", "name": "request", "text": "We have it."},
    "older": {"mailbox": USER, "do": "begin"},
    "try-warning": {"mailbox": USER},
    "webhooks": {"do": "add", "url": "https://hooks.example.org/", "event phishing": "on"},
    "service": {"name": "ollama_model", "value": "phi3:mini"},
}


async def stock(bench: Bench, mailbox: str = USER) -> int:
    """An analysis with a move that was done, and a failed job; return the action's id."""
    await bench.choose(mailbox)
    await bench.store(analysis(ref(5, mailbox), Label.PHISH))
    bench.folders.held |= {ref(5, mailbox), ref(105, mailbox, "Junk")}
    move = Action(ref=ref(5, mailbox), kind=ActionKind.MOVE, argument="\\Junk")
    (action,) = await bench.act(move, moved_to=ref(105, mailbox, "Junk"))
    await bench.database.queue.enqueue([NewJob(ref=ref(9, mailbox))], now=NOW)
    await bench.fail("timed_out", "Too slow.")
    return action


async def everything(bench: Bench, mailbox: str = USER) -> Any:
    """Return all that a form can change."""
    jobs = await bench.database.queue.jobs()
    return (
        await bench.database.analyses.get(ref(5, mailbox)),
        await bench.database.actions.of(ref(5, mailbox)),
        [(job.ref, job.state, job.force) for job in jobs],
        await bench.database.preferences.get_preferences(mailbox),
        await bench.database.answer_rules.of(mailbox),
        await bench.database.config.read_config(),
        await bench.database.feedback.list(),
    )


async def token_of(browser: Browser) -> str:
    """Return what this browser's forms carry."""
    await browser.open("queue")
    return browser.page.css_first("input[name=form_token]").attributes["value"] or ""


@pytest.mark.parametrize("action", FORMS)
@pytest.mark.parametrize("token", ["", "guess", "stranger"])
async def test_a_form_from_elsewhere_changes_nothing(bench: Bench, action: str, token: str) -> None:
    """Without this browser's token, or with another one's: 403."""
    await stock(bench)
    before = await everything(bench)
    async with browsing(bench) as browser, browsing(bench) as stranger:
        if token == "stranger":
            token = await token_of(stranger)
        answer = await browser.client.post(START + action, data=FORMS[action] | {"form_token": token})

    assert answer.status_code == 403
    assert "came from another site" in answer.text
    assert await everything(bench) == before


@pytest.mark.parametrize("action", FORMS)
async def test_a_reading_key_changes_nothing(bench: Bench, action: str) -> None:
    """403, although the form is ours."""
    await stock(bench)
    before = await everything(bench)
    async with browsing(bench, RO) as browser:
        fields = FORMS[action] | {"form_token": await token_of(browser)}
        answer = await browser.client.post(START + action, data=fields)

    assert answer.status_code == 403
    assert "may only read" in answer.text
    assert await everything(bench) == before


@pytest.mark.parametrize("action", FORMS)
async def test_a_limited_key_changes_nothing_of_others(bench: Bench, action: str) -> None:
    """403, or 404 for what it may not know of; the queue's form finds nothing to do."""
    await stock(bench, OTHER)
    before = await everything(bench, OTHER)
    fields = FORMS[action] | ({"mailbox": OTHER} if "mailbox" in FORMS[action] else {})
    async with browsing(bench, OWN) as browser:
        answer = await browser.client.post(START + action, data=fields | {"form_token": await token_of(browser)})

    assert answer.status_code == {"undo": 404, "queue": 303}.get(action, 403)
    assert await everything(bench, OTHER) == before


@pytest.mark.parametrize("action", FORMS)
async def test_nothing_happens_without_a_session(bench: Bench, action: str) -> None:
    """Whoever is not signed in is led to the sign-in page, whatever they sent."""
    await stock(bench)
    before = await everything(bench)
    async with browsing(bench, None) as browser:
        await browser.open("sign-in")
        token = browser.page.css_first("input[name=form_token]").attributes["value"] or ""
        answer = await browser.client.post(START + action, data=FORMS[action] | {"form_token": token})

    assert (answer.status_code, answer.headers["Location"]) == (303, "./sign-in?done=ended")
    assert await everything(bench) == before


async def test_an_action_is_taken_back(bench: Bench) -> None:
    """The message is back, and the page says so."""
    await stock(bench)
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        await browser.send("undo")
        await browser.follow()

        assert "Undone." in browser.text
        assert not browser.page.css('form[action="./undo"]')
    (item,) = await bench.database.actions.of(ref(5))
    assert item.state is ActionState.UNDONE


async def test_what_cannot_be_taken_back_is_said(bench: Bench) -> None:
    """The reason, under its own status."""
    await stock(bench)
    bench.folders.held.clear()
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        await browser.send("undo")

        assert browser.answer.status_code == 404
        assert "There is no such message." in browser.text


async def test_a_message_is_judged_again(bench: Bench) -> None:
    """The job is first in line; without a worker the page says that it waits."""
    await stock(bench)
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        await browser.send("analyse")
        await browser.follow()

        assert "first in the queue" in browser.text
        assert "Being judged again" in browser.text
        assert browser.page.css("#live[data-live]")
    job = await bench.database.queue.get(ref(5))
    assert job
    assert (job.state, job.force) == (JobState.PENDING, True)


async def test_in_a_mailbox_nobody_chose_the_way_to_choose_it_is_shown(bench: Bench) -> None:
    """The page leads to the mailbox's settings; nothing is queued, and no route of the API is named."""
    await bench.store(analysis(ref(5)))
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        await browser.send("analyse")
        assert browser.answer.status_code == 403
        assert f"{USER} is not enabled for analysis" in browser.page.css_first("[role=alert]").text()
        assert "/api/" not in browser.answer.text
        await browser.open(browser.page.css_first('main a[href^="./settings"]').attributes["href"] or "")

        assert browser.page.css_first("title").text() == f"Settings of {USER} · Glassdome"
    job = await bench.database.queue.get(ref(5))
    assert job
    assert job.state is JobState.DONE


async def test_a_verdict_is_corrected(bench: Bench) -> None:
    """With who said it, and why."""
    await stock(bench)
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        await browser.send("correct", label="ham", note=" our own shop ")
        await browser.follow()

        assert "The correction is stored" in browser.text
    (said,) = await bench.database.feedback.list()
    assert said == Feedback(ref=ref(5), label=Label.HAM, actor=said.actor, note="our own shop")
    assert said.actor.startswith("key-")


async def test_a_correction_shows(bench: Bench) -> None:
    """In the message, in the list and in the API, also when the message is judged again."""
    await stock(bench)
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        await browser.send("correct", label="ham", note="")
        await browser.follow()
        assert "You: harmless" in browser.text
        await bench.store(analysis(ref(5)))
        await browser.open("")
        assert "You: harmless" in browser.text
    single = (await bench.get("/api/v1/get/llm/analysis", key=RW, mailbox=USER, email_id=THIS["id"])).json()
    listed = (await bench.get(f"/api/v1/get/llm/analysis?mailbox={USER}", key=RW)).json()

    assert single["correction"] == "ham"
    assert "ham" in {row["correction"] for row in listed}


async def test_not_spam_corrects_and_takes_back(bench: Bench) -> None:
    """One button: the correction is stored, and the move to Junk is undone."""
    await stock(bench)
    await bench.store(analysis(ref(5), verdict=a_verdict(label=Label.PHISH, is_phishing=True)))
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        await browser.send("harmless")
        await browser.follow()

        assert "the actions on the message are undone" in browser.text
        assert "You: harmless" in browser.text
        assert not browser.page.css('form[action="./harmless"]')
    (item,) = await bench.database.actions.of(ref(5))
    (said,) = await bench.database.feedback.list()
    assert (item.state, said.label) == (ActionState.UNDONE, Label.HAM)


async def test_an_analysis_is_deleted(bench: Bench) -> None:
    """And nothing else is."""
    await stock(bench)
    await bench.store(analysis(ref(6)))
    async with browsing(bench) as browser:
        await browser.open(MESSAGE)
        await browser.send("delete")
        await browser.follow()

        assert "The mail itself was not touched." in browser.text
    assert await bench.database.analyses.get(ref(5)) is None
    assert await bench.database.analyses.get(ref(6))


@pytest.mark.parametrize(
    ("page", "fields", "state"),
    [
        ("queue?state=failed", {}, JobState.PENDING),
        ("queue?state=failed", {"action": "cancel", "job": "2"}, JobState.CANCELLED),
        (f"queue?state=failed&mailbox={OTHER}", {"action": "retry"}, JobState.FAILED),
    ],
)
async def test_jobs_are_retried_and_cancelled(bench: Bench, page: str, fields: dict[str, str], state: JobState) -> None:
    """All that failed, or one; of one mailbox where the page is of one."""
    await stock(bench)
    await bench.database.queue.enqueue([NewJob(ref=ref(9, OTHER))], now=NOW)
    await bench.fail("timed_out", "Too slow.")
    async with browsing(bench, RW) as browser:
        await browser.open(page)
        await browser.send("queue", fields)
        assert browser.answer.status_code == 303

    job = await bench.database.queue.get(ref(9))
    assert job
    assert job.state is state


async def test_preferences_are_saved_whole(bench: Bench) -> None:
    """Ticked boxes are on, others off; the page shows what is stored."""
    await stock(bench)
    async with browsing(bench) as browser:
        await browser.open(f"settings?mailbox={USER}")
        ticked = {"chosen": "on", "auto_analysis": "on", "move_to_junk": "on"}
        await browser.send("settings", ticked, engine_access="headers", summary_language="de")
        await browser.follow()

        assert "The preferences are saved." in browser.text
        shown = [box.attributes["name"] for box in browser.page.css("input[type=checkbox][checked]")]
        assert shown == ["chosen", "auto_analysis", "move_to_junk"]
        assert browser.page.css_first("input[type=radio][checked]").attributes["value"] == "headers"
    stored = await bench.database.preferences.get_preferences(USER)
    assert (stored.move_to_junk, stored.summary_enabled, stored.summary_language) == (True, False, "de")


async def test_an_owner_chooses_threads_and_a_digest(bench: Bench) -> None:
    """Both are stored, shown, and off again where they are not ticked; an unknown rhythm or hour is refused."""
    await stock(bench)
    async with browsing(bench) as browser:
        await browser.open(f"settings?mailbox={USER}")
        chosen = {"chosen": "on", "threads": "on"}
        await browser.send("settings", chosen, engine_access="full", digest="weekly", digest_hour="18")
        await browser.follow()
        radios = browser.page.css("input[name=digest][checked]")
        assert [radio.attributes["value"] for radio in radios] == ["weekly"]
        first = await bench.database.preferences.get_preferences(USER)
        wrong = []
        for name, value in (("digest", "hourly"), ("digest_hour", "24")):
            await browser.open(f"settings?mailbox={USER}")
            answer = await browser.send("settings", chosen, engine_access="full", **{name: value})
            wrong.append(answer.status_code)
        await browser.open(f"settings?mailbox={USER}")
        await browser.send("settings", {"chosen": "on"}, engine_access="full", digest="off")
    last = await bench.database.preferences.get_preferences(USER)

    assert (first.threads, first.digest, first.digest_hour) == (True, "weekly", 18)
    assert wrong == [400, 400]
    assert (last.threads, last.digest, last.digest_hour) == (False, "off", 18)


@pytest.mark.parametrize("zone", ["Mars/Base", "Europe", "../../etc/passwd"])
async def test_one_switch_keeps_language_models_away(bench: Bench, zone: str) -> None:
    """It is stored with the owner's time zone, and shown ticked; a zone that does not exist is refused."""
    await stock(bench)
    async with browsing(bench) as browser:
        await browser.open(f"settings?mailbox={USER}")
        await browser.send("settings", {"chosen": "on"}, engine_access="full", no_model="on", timezone="Asia/Tokyo")
        await browser.follow()
        assert "checked" in browser.page.css_first("#no_model").attributes
        answer = await browser.send("settings", {"chosen": "on"}, engine_access="full", timezone=zone)
    stored = await bench.database.preferences.get_preferences(USER)

    assert (stored.model, stored.timezone, stored.engine_access) == (False, "Asia/Tokyo", "full")
    assert answer.status_code == 400


async def test_settings_are_changed_and_unset(bench: Bench) -> None:
    """A stored setting holds at once, says where it came from, and can be reset."""
    async with browsing(bench) as browser:
        await browser.open("service")
        await browser.send("service", name="llm_batch_size", value=" 7 ")
        await browser.follow()
        assert bench.settings.llm_batch_size == 7
        row = browser.page.css_first("#llm_batch_size")
        assert "set here" in row.text()
        assert row.css("input[name=reset]")
        await browser.send("service", name="llm_batch_size", reset="yes")

    assert await bench.database.config.read_config() == {}


@pytest.mark.parametrize(
    ("page", "action", "fields", "status"),
    [
        ("service", "service", {"name": "llm_batch_size", "value": "many"}, 400),
        ("service", "service", {"name": "api_keys", "value": "x:rw"}, 400),
        ("service", "service", {"name": "unicorn", "value": "x"}, 400),
        (f"settings?mailbox={USER}", "settings", {"engine_access": "all"}, 400),
        (f"settings?mailbox={USER}", "settings", {"engine_access": "full", "summary_language": "<de>"}, 400),
        (MESSAGE, "correct", {"label": "fine"}, 400),
        (MESSAGE, "correct", {"label": "ham", "note": "x" * 241}, 400),
        (MESSAGE, "undo", {"action": "x"}, 400),
        (MESSAGE, "undo", {"action": "1" * 5000}, 400),
        (MESSAGE, "delete", {"id": "INBOX;UIDVALIDITY=1;UID=77"}, 404),
        ("queue", "queue", {"action": "explode"}, 400),
        ("queue", "queue", {"job": "-1"}, 400),
        ("queue", "queue", {"job": "0"}, 400),
        ("queue", "queue", {"job": "1" * 30}, 400),
        ("queue", "queue", {"job": "1" * 5000}, 400),
    ],
)
async def test_wrong_input_is_a_sentence(
    bench: Bench, page: str, action: str, fields: dict[str, str], status: int
) -> None:
    """Nothing changes, and the page says what was wrong."""
    await stock(bench)
    before = await everything(bench)
    async with browsing(bench) as browser:
        await browser.open(page)
        await browser.send(action, fields)

        assert browser.answer.status_code == status
        assert browser.page.css_first("[role=alert]").text()
    assert await everything(bench) == before


@pytest.mark.parametrize("body", [b"\xff\xfe", b"no form", b"&".join(b"a%d=1" % n for n in range(101))])
async def test_what_is_no_form_is_refused(bench: Bench, body: bytes) -> None:
    """400 on a page."""
    async with browsing(bench) as browser:
        answer = await browser.client.post(START + "queue", content=body)

    assert answer.status_code == 400
    assert "The form cannot be read." in answer.text
