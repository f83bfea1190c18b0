"""Actions through the API: what was done, and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from glassdome.core.errors import LoginRefused, TimedOut
from glassdome.core.limits import MAX_UNDOS
from glassdome.shapes.action import ActionShape
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.refs import MessageRef

from .bench import NOW, OTHER, OWN, RO, USER, Bench, analysis, ref

GET = "/api/v1/get/llm/actions"
EDIT = "/api/v1/edit/llm/actions"
HOUR = timedelta(hours=1)
UNDONE = {"state": "undone"}


def keyword(of: MessageRef) -> Action:
    """A flag."""
    return Action(ref=of, kind=ActionKind.ADD_KEYWORD, argument="$Phishing")


def alert(of: MessageRef) -> Action:
    """A mail to the owner."""
    return Action(ref=of, kind=ActionKind.ALERT, argument="phishing")


def move(of: MessageRef) -> Action:
    """A move to Junk."""
    return Action(ref=of, kind=ActionKind.MOVE, argument="\\Junk")


async def moved(bench: Bench, uid: int, mailbox: str = USER, **when: Any) -> int:
    """Move a message to Junk, as the service does; return the action's id."""
    there = ref(100 + uid, mailbox, "Junk")
    bench.folders.held.add(there)
    (number,) = await bench.act(move(ref(uid, mailbox)), moved_to=there, **when)
    return number


async def listed(bench: Bench, key: str = RO, **parameters: Any) -> list[int]:
    """Return the ids of a list."""
    found = await bench.get(GET, key=key, **parameters)
    assert found.status_code == 200, found.text
    return [item["id"] for item in found.json()]


async def states(bench: Bench, *ids: int) -> list[str]:
    """Return what the ledger says of them."""
    rows = {item["id"]: item["state"] for item in (await bench.get(GET)).json()}
    return [rows[number] for number in ids]


async def test_an_action_is_shown_whole(bench: Bench) -> None:
    """The object is complete and is what OpenAPI says it is."""
    number = await moved(bench, 5)

    (shown,) = (await bench.get(GET)).json()

    ActionShape.model_validate_json((await bench.get(GET)).text[1:-1], extra="forbid")
    assert shown == {
        "id": number,
        "mailbox": USER,
        "email_id": "5",
        "folder": "INBOX",
        "uid_validity": 1,
        "message_id": "",
        "kind": "move",
        "argument": "\\Junk",
        "state": "done",
        "detail": "",
        "moved_to": {"folder": "Junk", "uid_validity": 1, "email_id": "105"},
        "planned_at": "2026-11-21T08:00:00Z",
        "updated_at": "2026-11-21T08:00:00Z",
    }


async def test_lists_are_newest_first_and_paged(bench: Bench) -> None:
    """Following the Link header visits every action once; its cursor is `X-Next-Cursor`."""
    expected = [await moved(bench, uid, at=NOW + timedelta(minutes=uid)) for uid in range(1, 8)][::-1]
    seen: list[int] = []
    address = f"{GET}?mailbox={USER}&limit=3"

    async with bench.client(RO) as client:
        while address:
            page = await client.get(address)
            seen += [item["id"] for item in page.json()]
            address = page.headers.get("Link", "").partition(">")[0].lstrip("<")
            assert address.endswith(f"&cursor={page.headers.get('X-Next-Cursor', '')}") or not address

    assert seen == expected


async def test_each_filter_narrows(bench: Bench) -> None:
    """Every filter leaves what it says, alone and with the mailbox."""
    flagged, told = await bench.act(keyword(ref(1)), alert(ref(1)), at=NOW - HOUR)
    foreign = await moved(bench, 1, OTHER)
    await bench.database.actions.plan([keyword(ref(2))], now=NOW + HOUR)
    (planned,) = [item.id for item in await bench.database.actions.of(ref(2))]

    found = [
        await listed(bench),
        await listed(bench, mailbox="User@Example.org"),
        await listed(bench, kind="add_keyword"),
        await listed(bench, state="planned"),
        await listed(bench, state="planned", mailbox=OTHER),
        await listed(bench, since="2026-11-21T08:00:00Z"),
        await listed(bench, until="2026-11-21T09:00:00+01:00"),
    ]

    assert found == [
        [planned, foreign, told, flagged],
        [planned, told, flagged],
        [planned, flagged],
        [planned],
        [],
        [planned, foreign],
        [told, flagged],
    ]


@pytest.mark.parametrize("email_id", ["5", "INBOX;UIDVALIDITY=1;UID=5", "<5@shop.example>"])
async def test_one_messages_actions(bench: Bench, email_id: str) -> None:
    """UID, RFC 5092 form and Message-ID name the message; another one's are left out."""
    for uid in (5, 6):
        await bench.store(analysis(ref(uid)), actions=[keyword(ref(uid))])
    await bench.act(keyword(ref(5, folder="Box")))
    (wanted,) = [item.id for item in await bench.database.actions.of(ref(5))]

    assert await listed(bench, mailbox=USER, email_id=email_id) == [wanted]


async def test_a_message_without_analysis_has_no_actions(bench: Bench) -> None:
    """An empty list: nothing was done to it."""
    assert await listed(bench, mailbox=USER, email_id="77") == []


async def test_what_was_not_changed_is_not_sent_again(bench: Bench) -> None:
    """The ETag holds until something was done."""
    await moved(bench, 1)
    tag = (await bench.get(GET)).headers["ETag"]

    async with bench.client(RO, **{"If-None-Match": tag}) as client:
        same = await client.get(GET)
        await moved(bench, 2)
        other = await client.get(GET)

    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"limit": 0}, 400),
        ({"limit": 501}, 400),
        ({"kind": "delete"}, 400),
        ({"state": "gone"}, 400),
        ({"cursor": "x"}, 400),
        ({"email_id": "5"}, 400),
        ({"mailbox": USER, "email_id": "0"}, 400),
        ({"mailbox": "nobody"}, 400),
        ({"since": "yesterday"}, 400),
        ({"since": "0001-01-01T00:00:00+12:00"}, 400),
        ({"until": "9999-12-31T23:59:59-12:00"}, 400),
        ({"colour": "red"}, 400),
        ({"mailbox": OTHER, "key": OWN}, 403),
    ],
)
async def test_bad_lists_are_refused(bench: Bench, parameters: dict[str, Any], status: int) -> None:
    """In mailcow's shape."""
    answer = await bench.get(GET, **parameters)

    assert (answer.status_code, answer.json()["type"]) == (status, "error")


async def test_a_domains_key_sees_and_undoes_its_own(bench: Bench) -> None:
    """It neither lists nor takes back another domain's actions, not even by id; ids of nothing answer alike."""
    own, foreign = await moved(bench, 1), await moved(bench, 1, OTHER)

    assert await listed(bench, OWN) == [own]
    by_id = await bench.post(EDIT, {"items": [foreign], "attr": UNDONE}, key=OWN)
    nothing = await bench.post(EDIT, {"items": [foreign + 1], "attr": UNDONE}, key=OWN)
    by_mailbox = await bench.post(EDIT, {"since": "2026-11-21T00:00:00Z", "mailbox": OTHER}, key=OWN)
    by_time = await bench.post(EDIT, {"since": "2026-11-21T00:00:00Z"}, key=OWN)

    assert [by_id.status_code, nothing.status_code, by_mailbox.status_code] == [404, 404, 403]
    assert [item["msg"] for item in (*by_id.json(), *nothing.json())] == [["not_found", "There is no such action."]] * 2
    assert by_time.json()[0]["data"] == {"undone": [own], "refused": [], "next_cursor": None}
    assert await states(bench, own, foreign) == ["undone", "done"]


async def test_one_is_taken_back_once(bench: Bench) -> None:
    """The message lies where it was, the action says where; a second time is refused and changes nothing."""
    number = await moved(bench, 5)

    first = await bench.post(EDIT, {"items": [number], "attr": UNDONE})
    second = await bench.post(EDIT, {"items": [number], "attr": UNDONE})

    (element,) = first.json()
    assert (first.status_code, element["type"], element["msg"]) == (200, "success", ["action_undone", str(number)])
    assert (element["data"]["state"], element["data"]["moved_to"]["folder"]) == ("undone", "INBOX")
    assert bench.folders.held == {ref(1105)}
    (element,) = second.json()
    assert (second.status_code, element["type"], element["msg"][0]) == (409, "danger", "conflict")
    assert bench.folders.held == {ref(1105)}


async def test_each_item_has_its_element(bench: Bench) -> None:
    """In the order asked, each once; what was refused says why and stops no other."""
    back, gone = await moved(bench, 1), await moved(bench, 2)
    bench.folders.held.discard(ref(102, folder="Junk"))
    (told,) = await bench.act(alert(ref(1)))

    answer = await bench.post(EDIT, {"items": [told, 999, back, gone, back], "attr": UNDONE})

    assert answer.status_code == 200
    assert [(item["type"], item["msg"][0]) for item in answer.json()] == [
        ("danger", "action_forbidden"),
        ("danger", "not_found"),
        ("success", "action_undone"),
        ("danger", "not_found"),
    ]
    assert await states(bench, told, back, gone) == ["done", "undone", "done"]
    assert (await bench.post(EDIT, {"items": [told]})).status_code == 403


async def test_a_batch_by_time(bench: Bench) -> None:
    """Moves within the time, of the mailbox; keywords only when they are asked for."""
    early, late = await moved(bench, 1, at=NOW - HOUR), await moved(bench, 2)
    other = await moved(bench, 3, "second@example.org")
    bench.folders.held.add(ref(4))
    (flagged,) = await bench.act(keyword(ref(4)))
    window = {"since": "2026-11-21T07:00:00Z", "mailbox": USER}

    first = await bench.post(EDIT, {**window, "until": "2026-11-21T08:00:00Z"})
    second = await bench.post(EDIT, {**window, "kinds": ["move", "add_keyword"]})

    assert first.json()[0]["data"]["undone"] == [early]
    assert sorted(second.json()[0]["data"]["undone"]) == sorted([late, flagged])
    assert second.json()[0]["msg"] == ["actions_undone", "2"]
    assert await states(bench, other) == ["done"]


async def test_a_batch_says_what_it_refused(bench: Bench) -> None:
    """With code and sentence; where nothing at all went, the status is true."""
    await moved(bench, 1)
    gone = await moved(bench, 2)
    bench.folders.held.discard(ref(102, folder="Junk"))
    body = {"since": "2026-11-21T00:00:00Z", "attr": UNDONE}

    first, second = await bench.post(EDIT, body), await bench.post(EDIT, body)

    refused = [{"id": gone, "code": "not_found", "msg": "There is no such message."}]
    assert (first.status_code, first.json()[0]["data"]["refused"]) == (200, refused)
    assert (second.status_code, second.json()[0]["type"]) == (404, "danger")
    assert second.json()[0]["data"] == {"undone": [], "refused": refused, "next_cursor": None}


async def test_a_batch_is_bounded(bench: Bench) -> None:
    """One request does so many and says where the next goes on."""
    ids = {await moved(bench, uid, at=NOW + timedelta(seconds=uid)) for uid in range(1, MAX_UNDOS + 4)}
    body: dict[str, Any] = {"since": "2026-11-21T00:00:00Z"}
    found = []

    while True:
        (element,) = (await bench.post(EDIT, body)).json()
        found.append(element["data"]["undone"])
        if element["data"]["next_cursor"] is None:
            break
        body["cursor"] = element["data"]["next_cursor"]

    assert [len(part) for part in found] == [MAX_UNDOS, 3]
    assert {number for part in found for number in part} == ids


@pytest.mark.parametrize(("error", "status"), [(TimedOut(), 503), (LoginRefused(), 502)])
async def test_the_mail_servers_failures_are_told(bench: Bench, error: Any, status: int) -> None:
    """By id and by time; nothing is called undone."""
    number = await moved(bench, 1)
    bench.folders.error = error

    answers = [await bench.post(EDIT, body) for body in ({"items": [number]}, {"since": "2026-11-21T00:00:00Z"})]

    assert [answer.status_code for answer in answers] == [status, status]
    assert [answer.json()[0]["msg"][0] for answer in answers] == [error.code] * 2
    assert await states(bench, number) == ["done"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"attr": UNDONE},
        {"items": [], "attr": UNDONE},
        {"items": [0]},
        {"items": [2**63]},
        {"items": list(range(1, MAX_UNDOS + 2))},
        {"items": [1], "attr": {"state": "done"}},
        {"items": [1], "since": "2026-11-21T00:00:00Z"},
        {"items": [1], "mailbox": USER},
        {"items": [1], "kinds": ["move"]},
        {"since": "yesterday"},
        {"since": "0001-01-01T00:00:00+12:00"},
        {"since": "2026-11-21T00:00:00Z", "kinds": []},
        {"since": "2026-11-21T00:00:00Z", "kinds": ["delete"]},
        {"since": "2026-11-21T00:00:00Z", "cursor": "x"},
        {"since": "2026-11-21T00:00:00Z", "mailbox": "nobody"},
    ],
)
async def test_a_bad_undo_is_400(bench: Bench, body: dict[str, Any]) -> None:
    """Nothing is taken back by guesswork."""
    number = await moved(bench, 1)

    answer = await bench.post(EDIT, body)

    assert (answer.status_code, answer.json()["type"]) == (400, "error")
    assert await states(bench, number) == ["done"]


async def test_without_a_mail_server(bench: Bench) -> None:
    """The list is there; taking back says what is missing."""
    without = Bench(bench.database, bench.settings, changes={"undoer": None, "source": None})
    number = await moved(without, 1)

    answer = await without.post(EDIT, {"items": [number]})

    assert await listed(without) == [number]
    assert (answer.status_code, answer.json()["code"]) == (503, "connect_failed")
    assert "GLASSDOME_IMAP_HOST" in answer.json()["msg"]


async def test_a_reading_key_takes_nothing_back(bench: Bench) -> None:
    """It may look."""
    assert (await bench.post(EDIT, {"items": [1]}, key=RO)).status_code == 403


async def test_taking_back_is_audited(bench: Bench) -> None:
    """The audit names the actor, the request and its result."""
    first, second = await moved(bench, 1), await moved(bench, 2)

    await bench.post(EDIT, {"items": [first, 999], "attr": UNDONE})
    await bench.post(EDIT, {"since": "2026-11-21T00:00:00Z", "mailbox": USER})

    later, earlier = await bench.database.history.audited(limit=2)
    assert {item["action"] for item in (later, earlier)} == {"edit_actions"}
    assert earlier["actor"].startswith("key-")
    assert earlier["facts"] == {"items": [first, 999], "undone": [first]}
    assert (later["subject"], later["facts"]["undone"]) == (USER, [second])
    assert later["facts"]["since"] == "2026-11-21T00:00:00Z"


async def test_only_what_was_done_is_taken_back(bench: Bench) -> None:
    """Whatever else became of an action, its state is the answer."""
    await bench.database.actions.plan([move(ref(1))], now=NOW)
    (item,) = await bench.database.actions.of(ref(1))
    for state in ActionState:
        if state is not ActionState.DONE:
            await bench.database.actions.finish(item.action, state=state, now=NOW)
            answer = await bench.post(EDIT, {"items": [item.id]})
            assert (answer.status_code, state.value in answer.json()[0]["msg"][1]) == (409, True)
