"""A mailbox that others work in all the time: what was there long enough is analysed, and nothing else is.

`scripts/testing/disturb.py` does the same for ten minutes and by the clock.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.servers.certificates import SERVER_NAME
from tests.servers.disturber import Disturber, analysed_in
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot
from tests.servers.service import serving


async def test_nothing_is_lost_while_others_work(tmp_path: Path, dovecot: Dovecot) -> None:
    """Appended, flagged, moved away and back, expunged, in folders that are renamed; a message may go once it is analysed."""
    mailboxes = [dovecot.add_mailbox() for _ in range(3)]
    database = tmp_path / "data" / "glassdome.db"
    environment = {
        "GLASSDOME_IMAP_HOST": "127.0.0.1",
        "GLASSDOME_IMAP_PORT": str(dovecot.imaps_port),
        "GLASSDOME_IMAP_TLS": "implicit",
        "GLASSDOME_CA_FILE": str(dovecot.certificates.ca),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_IMAP_MASTER_USER": MASTER_USER,
        "GLASSDOME_IMAP_MASTER_PASSWORD": MASTER_PASSWORD,
        "GLASSDOME_MAILBOXES": ",".join(mailboxes),
        "LLM_PROCESSING_INTERVAL": "2",
    }
    async with serving(tmp_path, environment):
        disturber = Disturber(
            dovecot, mailboxes, may_go=lambda message_id, _: message_id in analysed_in(database), seed=20261129
        )
        outcome = await disturber.run(20)
        async with asyncio.timeout(200):
            while not outcome.owed <= analysed_in(database).keys():  # noqa: ASYNC110 (a database tells only who asks)
                await asyncio.sleep(0.2)
    assert outcome.owed
    assert analysed_in(database).keys() <= outcome.ever
