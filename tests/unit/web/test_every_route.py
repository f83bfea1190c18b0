"""Every route of REST and web UI, tried by the owner of one mailbox: nothing of another mailbox is told or changed.

A route without an entry here fails the test: who adds one says how a stranger would try it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from glassdome.core.signing import new_secret
from glassdome.core.undo_links import UndoLinks
from glassdome.store.schema_threads import threads
from glassdome.values.action import Action, ActionKind
from glassdome.values.auto_answer import AnswerRule
from glassdome.values.credentials import Credentials
from glassdome.values.event import EventKind
from glassdome.values.job import JobState, NewJob
from glassdome.values.message import Address
from glassdome.values.own_category import OwnCategory
from glassdome.values.person import MadeKey, Person, SignedInBy
from glassdome.values.preferences import Preferences
from glassdome.values.verdict import Label
from glassdome.web.app import add_web
from tests.unit.api.bench import KEYS, NOW, OTHER, RW, USER, Bench, analysis, ref, verdict

from .browser import START, Browser, browsing
from .conftest import BOX

#: Stands in everything that is stored of the other mailbox.
SECRET: Final = "kept-from-strangers"
SENDER: Final = "secret@shop.example"
THREAD: Final = "first-of-them@shop.example"
MINE: Final = "key-of-one-mailbox"
#: The name of the other's session that is tried.
SESSION: Final = "a-session-of-the-other-owner"


@dataclass(frozen=True, kw_only=True)
class Try:
    """One attempt: its fields, and whether it must be refused; else it is answered, about the own mailbox alone."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = True


def own(**fields: Any) -> Try:
    """An attempt that is answered."""
    return Try(fields=fields, refused=False)


def refused(**fields: Any) -> Try:
    """An attempt that is refused."""
    return Try(fields=fields)


MESSAGE: Final = {"mailbox": OTHER, "email_id": "5"}
PAGE: Final = {"mailbox": OTHER, "id": "INBOX;UIDVALIDITY=1;UID=5"}
ACTION: Final = 1
JOB: Final = 2
HOOK: Final = 1
KEY: Final = 1
RULE: Final = "rule-of-the-other-owner"
#: A link to the other's move, signed for the own mailbox.
FORGED: Final = UndoLinks(BOX).make(ACTION, USER, until=NOW + timedelta(days=14))
ROUTES: Final[dict[tuple[str, str], tuple[Try, ...]]] = {
    ("GET", "/health"): (own(),),
    ("GET", "/api/v1/get/llm/health"): (own(),),
    ("GET", "/api/v1/get/llm/actions"): (own(), refused(mailbox=OTHER)),
    ("GET", "/api/v1/get/llm/analysis"): (own(), own(text=SECRET[:4]), refused(mailbox=OTHER), refused(**MESSAGE)),
    ("GET", "/api/v1/get/llm/answers"): (refused(username=OTHER),),
    ("GET", "/api/v1/get/llm/digest"): (refused(mailbox=OTHER),),
    ("GET", "/api/v1/get/llm/categories"): (refused(mailbox=OTHER),),
    ("POST", "/api/v1/edit/llm/categories"): (
        refused(action="save", mailbox=OTHER, name="x"),
        refused(action="save", mailbox=OTHER, old=SECRET, name="x"),
        refused(action="remove", mailbox=OTHER, name=SECRET),
    ),
    ("POST", "/api/v1/edit/llm/category"): (refused(**MESSAGE, category="x"),),
    ("POST", "/api/v1/edit/llm/answers"): (refused(mailbox=OTHER, rules=[]),),
    ("GET", "/api/v1/get/llm/calendar.ics"): (refused(**MESSAGE),),
    ("GET", "/api/v1/get/llm/config"): (refused(),),
    ("GET", "/api/v1/get/llm/events"): (own(after=0, follow="false"), refused(mailbox=OTHER)),
    ("GET", "/api/v1/get/llm/models"): (own(),),
    ("GET", "/api/v1/get/llm/preferences"): (refused(username=OTHER),),
    ("GET", "/api/v1/get/llm/queue"): (own(), refused(mailbox=OTHER)),
    ("GET", "/api/v1/get/llm/stats"): (own(), own(text=SECRET[:4]), refused(mailbox=OTHER)),
    ("GET", "/api/v1/get/llm/thread"): (refused(mailbox=OTHER, thread_id=THREAD),),
    ("GET", "/api/v1/get/llm/threads"): (own(), own(state="open_me"), refused(mailbox=OTHER)),
    ("GET", "/api/v1/get/llm/webhooks"): (own(),),
    ("POST", "/api/v1/add/llm/webhook_test"): (refused(id=HOOK),),
    ("POST", "/api/v1/edit/llm/webhooks"): (
        refused(action="remove", id=HOOK),
        refused(action="rotate", id=HOOK),
        refused(action="change", id=HOOK, enabled=False),
        refused(action="add", url="https://hooks.example.org/", mailbox=OTHER),
        refused(action="add", url="https://hooks.example.org/", domain="example.net"),
    ),
    ("GET", "/docs"): (refused(),),
    ("GET", "/openapi.json"): (refused(),),
    ("GET", "/metrics"): (refused(),),
    ("POST", "/api/v1/add/llm/analyze"): (refused(**MESSAGE), refused(mailbox=OTHER, email_ids=["5"])),
    ("POST", "/api/v1/add/llm/feedback"): (refused(**MESSAGE, label="ham"),),
    ("POST", "/api/v1/add/llm/model"): (refused(model="phi3:mini"),),
    ("POST", "/api/v1/delete/llm/analysis"): (
        refused(**MESSAGE),
        refused(mailbox=OTHER, all=True),
        own(person=SENDER),
    ),
    ("POST", "/api/v1/edit/llm/actions"): (
        refused(items=[ACTION]),
        own(since="2026-01-01T00:00:00Z"),
        refused(since="2026-01-01T00:00:00Z", mailbox=OTHER),
    ),
    ("POST", "/api/v1/edit/llm/config"): (refused(attr={"ollama_model": "phi3:mini"}),),
    ("POST", "/api/v1/edit/llm/preferences"): (refused(username=OTHER, chosen=False),),
    ("POST", "/api/v1/edit/llm/queue"): (own(action="retry"), own(action="cancel"), refused(action="retry", ids=[JOB])),
    ("POST", "/internal/push"): (refused(user=OTHER, event="messageNew"),),
    ("PUT", "/internal/push"): (refused(user=OTHER, event="messageNew"),),
    ("POST", "/rspamd/check"): (refused(),),
    ("POST", "/v1/chat/completions"): (refused(messages=[]),),
    ("GET", "/"): (own(),),
    ("GET", "/llm"): (own(),),
    ("GET", "/llm/{name}"): (refused(),),
    ("GET", "/llm/"): (own(), own(text=SECRET[:4]), refused(mailbox=OTHER)),
    ("GET", "/llm/access"): (own(),),
    ("GET", "/llm/categories"): (refused(mailbox=OTHER),),
    ("POST", "/llm/categories"): (
        refused(mailbox=OTHER, do="save", name="x"),
        refused(mailbox=OTHER, do="remove", old="x"),
    ),
    ("GET", "/llm/events"): (own(after=0, follow="false"),),
    ("GET", "/llm/mail.ics"): (refused(**PAGE),),
    ("GET", "/llm/message"): (refused(**PAGE),),
    ("GET", "/llm/overview"): (own(), refused(mailbox=OTHER)),
    ("GET", "/llm/provider"): (own(), own(next="settings")),
    ("GET", "/llm/provider-sign-out"): (own(),),
    ("GET", "/llm/provider-answer"): (refused(code="guess", state="guess"),),
    ("GET", "/llm/queue"): (own(), own(state="failed"), refused(mailbox=OTHER)),
    ("GET", "/llm/service"): (refused(),),
    ("GET", "/llm/settings"): (own(), refused(mailbox=OTHER)),
    ("GET", "/llm/sign-in"): (own(),),
    ("GET", "/llm/text"): (refused(**PAGE),),
    ("GET", "/llm/static/{name}"): (own(),),
    ("POST", "/llm/language"): (own(language="de"),),
    ("POST", "/llm/absence"): (refused(mailbox=OTHER, text="x"),),
    ("POST", "/llm/answer-rule"): (
        refused(mailbox=OTHER, do="put", name="x", text="x"),
        *(refused(mailbox=OTHER, do=do, name=RULE) for do in ("on", "off", "removed")),
    ),
    ("POST", "/llm/analyse"): (refused(**PAGE),),
    ("POST", "/llm/category"): (refused(**PAGE, category="x"),),
    ("POST", "/llm/sender"): (refused(**PAGE, do="block"), refused(**PAGE, do="forget")),
    ("POST", "/llm/correct"): (refused(**PAGE, label="ham"),),
    ("POST", "/llm/delete"): (refused(**PAGE),),
    ("POST", "/llm/end-session"): (refused(session=SESSION),),
    ("POST", "/llm/make-key"): (refused(label="x", covers=OTHER, days="1"), refused(label="x", covers="*", days="1")),
    ("POST", "/llm/forget-sender"): (refused(mailbox=OTHER, sender=SENDER),),
    ("POST", "/llm/revoke-key"): (refused(key=str(KEY)),),
    ("POST", "/llm/harmless"): (refused(**PAGE),),
    ("POST", "/llm/older"): (refused(mailbox=OTHER, do="begin"), refused(mailbox=OTHER, do="end")),
    ("GET", "/llm/webhooks"): (own(),),
    ("POST", "/llm/webhooks"): (
        *(refused(do=do, id=str(HOOK)) for do in ("test", "on", "off", "rotate", "remove", "resend")),
        *(
            refused(**{"do": "add", "url": "https://hooks.example.org/", "scope": scope, "event phishing": "on"})
            for scope in (OTHER, "example.net", "")
        ),
    ),
    ("POST", "/llm/queue"): (own(action="retry", state="failed"), refused(action="retry", job=str(JOB))),
    ("POST", "/llm/service"): (refused(name="ollama_model", value="phi3:mini"),),
    ("POST", "/llm/settings"): (refused(mailbox=OTHER, engine_access="never"),),
    ("POST", "/llm/sign-in"): (refused(address=OTHER, password="guess"), refused(key="guess")),
    ("POST", "/llm/sign-out"): (own(),),
    ("POST", "/llm/sign-out-everywhere"): (own(),),
    ("POST", "/llm/try-warning"): (refused(mailbox=OTHER),),
    ("GET", "/llm/thread"): (refused(mailbox=OTHER, thread_id=THREAD),),
    ("GET", "/llm/undo-link"): (refused(link=FORGED),),
    ("POST", "/llm/undo-link"): (refused(link=FORGED),),
    ("GET", "/llm/threads"): (own(), own(state="open_me"), refused(mailbox=OTHER)),
    ("POST", "/llm/bulk"): tuple(
        refused(do=do, m0=f"{OTHER} INBOX;UIDVALIDITY=1;UID=5")
        for do in ("done", "not_done", "harmless", "spam", "phishing", "back", "block", "trust")
    ),
    ("POST", "/llm/undo-many"): (refused(undo="a-change-of-another-owner"),),
    ("POST", "/llm/views"): (own(do="save", name="Mine"), own(do="delete", name="Mine")),
    ("POST", "/llm/undo"): (refused(**PAGE, action=str(ACTION)),),
}


async def check_login(login: Credentials) -> bool:
    """Stand for a mail server with one mailbox."""
    return login.user == USER


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Bench:
    """The whole application, whose keys and passwords open one mailbox."""
    settings = request.getfixturevalue("settings").model_copy(
        update={"api_keys": SecretStr(f"{KEYS},{MINE}:rw:{USER}"), "webhook_hosts": "hooks.example.org"}
    )
    made = Bench(request.getfixturevalue("database"), settings, changes={"check_login": check_login})
    add_web(made.app, BOX)
    return made


async def stock(bench: Bench) -> None:
    """Store a verdict with an action, a failed job, preferences and a session of the other mailbox."""
    theirs = ref(5, OTHER)
    await bench.store(
        analysis(
            theirs,
            Label.PHISH,
            subject=SECRET,
            header_from=Address(name=SECRET, addr=SENDER),
            verdict=verdict(Label.PHISH, summary=SECRET, categories=(SECRET,)),
        )
    )
    bench.folders.held |= {theirs, ref(105, OTHER, "Junk")}
    move = Action(ref=theirs, kind=ActionKind.MOVE, argument=f"\\{SECRET}")
    assert await bench.act(move, moved_to=ref(105, OTHER, "Junk")) == [ACTION]
    await bench.database.queue.enqueue([NewJob(ref=ref(9, OTHER))], now=NOW)
    await bench.fail("timed_out", f"{SECRET} is too slow.")
    await bench.database.connections.change(insert(threads).values(**thread_row(bench)))
    hook = f"https://hooks.example.org/{SECRET}"
    kinds, secret = tuple(EventKind), new_secret()
    added = await bench.database.webhooks.add(hook, kinds, secret=secret, mailbox=OTHER, domain="", now=NOW)
    assert added == HOOK
    owner = Person(by=SignedInBy.MAILBOX, name=OTHER)
    key = MadeKey(
        digest="0" * 64,
        label=SECRET,
        writes=True,
        mailboxes=(OTHER,),
        domains=(),
        owner=owner,
        created_at=bench.clock.now(),
        expires_at=bench.clock.now() + timedelta(days=1),
    )
    assert await bench.database.api_keys.add_key(key, most=1)
    wishes = Preferences(username=OTHER, chosen=True, absence=SECRET)
    await bench.database.preferences.set_preferences(wishes, now=NOW)
    own = OwnCategory(mailbox=OTHER, name=SECRET, words=(SECRET,))
    assert await bench.database.owners.categories.save(own, now=NOW)
    rule = AnswerRule(name=RULE, text=SECRET)
    await bench.database.answer_rules.replace(OTHER, [rule], now=NOW)
    now = bench.clock.now()
    await bench.database.sessions.begin_session(
        SESSION,
        person=Person(by=SignedInBy.MAILBOX, name=OTHER),
        browser=SECRET,
        now=now,
        until=now.replace(year=now.year + 1),
        idle_since=now.replace(year=now.year - 1),
    )
    assert [job.id for job in await bench.database.queue.jobs() if job.state is JobState.FAILED] == [JOB]


def thread_row(bench: Bench) -> dict[str, Any]:
    """Return a thread in which the other owner owes an answer."""
    now = bench.clock.now()
    named = {"mailbox": OTHER, "domain": OTHER.partition("@")[2], "thread_id": THREAD, "subject": SECRET}
    state = {"state": "open_me", "remind": True, "why": SECRET, "summary": SECRET, "people": (SENDER,), "marks": ()}
    counts = {"subject_key": "", "begun_by_reply": False, "mails": 1, "revision": 1, "last_at": now, "updated_at": now}
    return named | state | counts


async def theirs(bench: Bench) -> Any:
    """Return all that is stored of the other mailbox, and of the service."""
    stores, now = bench.database, bench.clock.now()
    return (
        await stores.analyses.get(ref(5, OTHER)),
        await stores.actions.of(ref(5, OTHER)),
        [(job.id, job.state, job.error) for job in await stores.queue.jobs() if job.ref.mailbox == OTHER],
        await stores.preferences.get_preferences(OTHER),
        await stores.answer_rules.of(OTHER),
        await stores.owners.categories.of(OTHER),
        await stores.owners.marks_of([ref(5, OTHER)]),
        await stores.feedback.list(mailbox=OTHER),
        await stores.config.read_config(),
        await stores.connections.rows(select(threads)),
        await stores.webhooks.list(now=now),
        await stores.api_keys.keys_of(OTHER, now=now),
        await stores.sessions.sessions_of(OTHER, now=now, idle_since=now.replace(year=now.year - 1)),
        sorted(bench.folders.held, key=str),
    )


def routes_of(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield method and path of each route."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes_of(inner.routes)
        else:
            yield from ((method, route.path) for method in route.methods if method != "HEAD")


def test_every_route_has_an_entry(bench: Bench) -> None:
    """And every entry a route."""
    assert set(routes_of(bench.app.routes)) == set(ROUTES)


def tries() -> list[Any]:
    """Return each attempt with a name."""
    return [
        pytest.param(method, path, one, id=f"{method} {path} {number}")
        for (method, path), several in ROUTES.items()
        for number, one in enumerate(several)
    ]


async def asked(bench: Bench, method: str, path: str, one: Try) -> Any:
    """Ask as the owner of the one mailbox: a page by session, REST by key."""
    if path.startswith("/llm/"):
        async with browsing(bench, None) as browser:
            return await _on_a_page(browser, method, path.replace("{name}", "icon.svg"), one)
    async with bench.client(MINE) as client:
        if method == "GET":
            return await client.get(path, params=dict(one.fields))
        return await client.request(method, path, json=dict(one.fields), params={})


async def _on_a_page(browser: Browser, method: str, path: str, one: Try) -> Any:
    assert (await browser.sign_in_as(USER, "right")).status_code == 303
    address = START + path.removeprefix("/llm/")
    if method == "GET":
        return await browser.client.get(address, params=dict(one.fields), follow_redirects=True)
    await browser.open("access")
    token = browser.page.css_first("input[name=form_token]").attributes["value"] or ""
    return await browser.client.post(address, data={"form_token": token, **one.fields})


@pytest.mark.parametrize(("method", "path", "one"), tries())
async def test_the_owner_of_one_mailbox_learns_and_changes_nothing_of_another(
    bench: Bench, method: str, path: str, one: Try
) -> None:
    """Refused, or answered without a word of the other mailbox; what is stored of that one stays as it was."""
    await stock(bench)
    before = await theirs(bench)
    answer = await asked(bench, method, path, one)
    after = await theirs(bench)

    if one.refused:
        assert 400 <= answer.status_code < 500, answer.text
    else:
        assert answer.status_code < 400, answer.text
    # What an attempt names itself may be repeated to it.
    for told in {SECRET, SENDER, OTHER, THREAD}.difference(map(str, one.fields.values())):
        assert told not in answer.text
    assert after == before


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/get/llm/actions",
        "/api/v1/get/llm/analysis",
        "/api/v1/get/llm/events?after=0&follow=false",
        "/api/v1/get/llm/queue",
        "/api/v1/get/llm/threads",
        "/api/v1/get/llm/webhooks",
        "/llm/",
        "/llm/queue",
    ],
)
async def test_the_administrator_sees_what_was_hidden(bench: Bench, path: str) -> None:
    """The same routes tell an unlimited key: the attempts above look where there is something to see."""
    await stock(bench)
    if path.startswith("/llm/"):
        async with browsing(bench, RW) as browser:
            text = (await browser.open(path.removeprefix("/llm/"))).text
    else:
        text = (await bench.get(path, key=RW)).text

    assert OTHER in text
