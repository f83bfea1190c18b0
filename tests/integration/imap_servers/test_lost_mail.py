"""A momentary refusal, in each form that servers have for it, through a real `glassdome serve`: every mail is judged."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.servers.certificates import SERVER_NAME, Certificates
from tests.servers.scripted_imap import RAW, scripted
from tests.servers.service import Service, serving

#: What is refused, and how; each mailbox meets one of them a few times, at the look as well as at the fetch.
FORMS = [
    ("EXAMINE", b"TAG NO Server Unavailable. 15\r\n"),
    ("EXAMINE", b"TAG NO Unable to open this mailbox.\r\n"),
    ("EXAMINE", b"TAG NO [UNAVAILABLE] Temporary internal error\r\n"),
    ("EXAMINE", b"TAG NO [NONEXISTENT] Unknown Mailbox: INBOX (Failure)\r\n"),
    ("EXAMINE", b"TAG BAD User is authenticated but not connected.\r\n"),
    ("EXAMINE", b"* BYE Server shutting down\r\n"),
    ("STATUS", b"TAG NO [INUSE] Mailbox in use\r\n"),
    ("UID SEARCH", b"TAG NO [SERVERBUG] Internal error occurred\r\n"),
    ("UID FETCH", b"TAG NO [SERVERBUG] Internal error occurred\r\n"),
    ("UID FETCH", b"TAG NO [THROTTLED] Request is throttled\r\n"),
    ("UID FETCH", b"TAG NO [LIMIT] Too many operations\r\n"),
    ("UID FETCH", b"TAG NO Request timed out, try again\r\n"),
    ("UID FETCH", b"TAG NO Some messages could not be FETCHed (Failure)\r\n"),
    ("UID FETCH", b"TAG OK done\r\n"),
    (r"UID FETCH \S+ \(UID BODY", b"* 2 FETCH (UID 2 BODY[] NIL)\r\nTAG OK\r\n"),
    ("UID FETCH", b""),
    ("EXAMINE", b"TAG BAD Command received in Invalid state.\r\n"),
    ("EXAMINE", b"TAG OK done\r\n"),
    ("STATUS", b"TAG BAD Request not handled\r\n"),
    ("UID SEARCH", b"TAG BAD what\r\n"),
    ("UID FETCH", b"TAG BAD Some of the requested messages no longer exist.\r\n"),
    ("UID FETCH", b"* NO [ALERT] Mailbox is locked\r\n* BYE bye\r\n"),
    (r"UID FETCH \S+ \(UID BODY", b"* 2 FETCH (UID 2 BODY[] {500}\r\nFrom: A\r\n* BYE"),
    ("UID (FETCH|SEARCH)", b"TAG OK done\r\n"),
    ("(AUTHENTICATE|LOGIN)", b"TAG NO [ALERT] Too many simultaneous connections. (Failure)\r\n"),
    ("(AUTHENTICATE|LOGIN)", b"TAG NO [LIMIT] LOGIN Rate limit hit.\r\n"),
]


async def test_every_mail_is_judged_in_the_end(tmp_path: Path, certificates: Certificates) -> None:
    """Two mails per mailbox: one that lies there when the refusals begin, and one that comes with them."""
    people = [f"form{number}@example.net" for number in range(len(FORMS))]
    async with scripted(certificates, starttls=True) as server:
        environment = {
            "GLASSDOME_IMAP_HOST": "127.0.0.1",
            "GLASSDOME_IMAP_PORT": str(server.port),
            "MAILCOW_CA_FILE": str(certificates.ca),
            "MAILCOW_SERVER_NAME": SERVER_NAME,
            "GLASSDOME_MAILBOXES": ",".join(f"{person}:pw" for person in people),
            "LLM_PROCESSING_INTERVAL": "5",
        }
        logins = [(person, form) for person, form in zip(people, FORMS, strict=True) if "LOGIN" in form[0]]
        for person, (pattern, said) in logins:
            # The first look fails already.
            server.script(pattern, said, times=1, user=person)
        async with serving(tmp_path, environment) as service, asyncio.timeout(300):
            await server.until("^IDLE", len(people))
            for person, (pattern, said) in zip(people, FORMS, strict=True):
                server.script(pattern, said, times=2, user=person)
                for number in (1, 2):
                    server.deliver(person, RAW.replace(b"<m@", b"<%d@" % number))
            await asyncio.gather(*(_judged(service, person) for person in people))
            queue = await service.get("/api/v1/get/llm/queue", limit=500)
    assert queue["depth"] | {"done": 0} == dict.fromkeys(queue["depth"], 0), queue


async def _judged(service: Service, person: str) -> list[dict[str, Any]]:
    while len(found := await service.analyses(person)) < 2:  # noqa: ASYNC110 (a REST API tells only who asks)
        await asyncio.sleep(0.5)
    assert sorted(item["email_id"] for item in found) == ["1", "2"]
    return found
