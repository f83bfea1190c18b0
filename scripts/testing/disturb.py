#!/usr/bin/env python3
"""Disturb monitored mailboxes of a real Dovecot at random, and see that what was there was analysed.

    .venv/bin/python scripts/testing/disturb.py --minutes 10

Messages are delivered, appended, flagged, moved away and back and expunged, in folders that are renamed, while
`glassdome serve` watches. A message was there long enough when it lay in INBOX for `--seconds`; one in twenty goes earlier and
is owed nothing. The set of analysed messages must hold all that were owed, and none that was never there.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.servers.certificates import SERVER_NAME, make_certificates
from tests.servers.disturber import Disturber, analysed_in
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot
from tests.servers.service import Service, serving


def main() -> int:
    """Run and report; return 0 where nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=15.0, help="how long a message lies there before it may go")
    parser.add_argument("--mailboxes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gd", dir="/tmp"))
    folder.chmod(0o755)
    dovecot = Dovecot(folder / "dc", make_certificates(folder))
    dovecot.start()
    try:
        return asyncio.run(_disturb(dovecot, folder, given))
    finally:
        dovecot.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _disturb(dovecot: Dovecot, folder: Path, given: argparse.Namespace) -> int:
    mailboxes = [dovecot.add_mailbox() for _ in range(given.mailboxes)]
    database = folder / "data" / "glassdome.db"
    environment = {
        "GLASSDOME_IMAP_HOST": "127.0.0.1",
        "GLASSDOME_IMAP_PORT": str(dovecot.imaps_port),
        "GLASSDOME_IMAP_TLS": "implicit",
        "GLASSDOME_CA_FILE": str(dovecot.certificates.ca),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_IMAP_MASTER_USER": MASTER_USER,
        "GLASSDOME_IMAP_MASTER_PASSWORD": MASTER_PASSWORD,
        "GLASSDOME_MAILBOXES": ",".join(mailboxes),
        "LLM_PROCESSING_INTERVAL": "5",
    }
    async with serving(folder, environment) as service:
        disturber = Disturber(dovecot, mailboxes, may_go=lambda _, age: age >= given.seconds, seed=given.seed)
        outcome = await disturber.run(given.minutes * 60)
        await _finished(service)
        failed = (await service.get("/api/v1/get/llm/queue"))["depth"]["failed"]
    analysed = analysed_in(database)
    missed, strange = outcome.owed - analysed.keys(), analysed.keys() - outcome.ever
    deeds = ", ".join(f"{count} {deed}" for deed, count in outcome.deeds.most_common())
    sys.stdout.write(
        f"{sum(outcome.deeds.values())} deeds in {given.minutes:g} minutes: {deeds}\n"
        f"{len(outcome.ever)} messages, {len(outcome.owed)} of them there long enough, {len(analysed)} analysed\n"
        f"missed {len(missed)}, never there {len(strange)}, jobs failed {failed}\n"
    )
    return int(bool(missed or strange or failed))


async def _finished(service: Service) -> None:
    """Wait until nothing waits for the time of a whole poll."""
    quiet = 0
    while quiet < 10:
        await asyncio.sleep(1)
        depth = (await service.get("/api/v1/get/llm/queue"))["depth"]
        quiet = 0 if depth["pending"] or depth["leased"] else quiet + 1


if __name__ == "__main__":
    sys.exit(main())
