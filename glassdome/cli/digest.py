"""`glassdome digest`: shows a mailbox's digest, and sends it."""

from __future__ import annotations

from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import err, errors_told, load_settings, operator, out, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError
from glassdome.desk.digest import DigestParameters, digest_of
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.keys import Caller, Scope
from glassdome.desk.wiring import services_of

__all__ = ["digest"]


def digest(*, mailbox: str, send: bool) -> None:
    """Show the digest of a mailbox as of now, or send the one of its last day or week."""
    with errors_told():
        settings, address = load_settings(), as_mailbox(mailbox)
    run(_send(settings, address) if send else _show(settings, address))


async def _show(settings: Settings, mailbox: str) -> None:
    async with open_app(settings, clock=SystemClock()) as app:
        caller = Caller(name=operator(), scope=Scope.RO)
        found = await digest_of(services_of(app), caller, DigestParameters(mailbox=mailbox))
    out.print(f"{found['subject']}\n\n{found['text']}", markup=False, highlight=False)
    if found["empty"]:
        err.print("It is empty, so none would be sent.", highlight=False)


async def _send(settings: Settings, mailbox: str) -> None:
    async with open_app(settings, clock=SystemClock()) as app:
        if app.digests is None:
            raise ConfigError(
                "No mailbox is set that digests are sent from.",
                fix="Set GLASSDOME_OVERSEER_MAILBOX and GLASSDOME_OVERSEER_PASSWORD.",
            )
        sent = await app.digests.send_last(mailbox)
    out.print("Sent." if sent else "Not sent: it is empty, or was sent before.", highlight=False)
