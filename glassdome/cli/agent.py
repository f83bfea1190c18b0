"""`glassdome agent`: the Overseer as a daemon, and the codes of its mail commands."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from glassdome.agents.commands.codes import Codes
from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.agents.overseer import OverseerAgent
from glassdome.cli.console import err, errors_told, load_settings, out, print_json
from glassdome.cli.service import asked_to_stop
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError
from glassdome.core.log import get_logger

__all__ = ["app"]

_log = get_logger(__name__)
app = typer.Typer(name="agent", help="Run the Overseer; enrol people for mail commands.", no_args_is_help=True)


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Do one round and end.")] = False,
) -> None:
    """Watch mailboxes and services, mail alerts and reports, and answer mail commands, until it is stopped."""
    with errors_told():
        settings = load_settings()
        agent, overseer = MailcowAgent.from_settings(settings), OverseerAgent(settings=settings)
        _tell_what_is_missing(settings)
        asyncio.run(_run(agent, overseer, once=once))


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Do one look at everything without alerting anybody, and print the state."""
    with errors_told():
        settings = load_settings()
        agent, overseer = MailcowAgent.from_settings(settings), OverseerAgent(settings=settings)
        text = asyncio.run(_status(agent, overseer))
    if as_json:
        print_json({"status": text.splitlines()})
    else:
        out.print(text, highlight=False, markup=False, end="", soft_wrap=True)


@app.command()
def enrol(
    address: Annotated[str, typer.Argument(help="Who shall command by mail, as in GLASSDOME_COMMAND_SENDERS.")],
) -> None:
    """Print the URI that an authenticator app reads; it holds that sender's secret, so treat it like a password."""
    with errors_told():
        out.print(_codes(load_settings()).enrolment(address), highlight=False, markup=False, soft_wrap=True)


@app.command()
def sign(
    address: Annotated[str, typer.Argument(help="The sender of the command.")],
    line: Annotated[str, typer.Argument(help="The command line, word for word as it will be mailed.")],
) -> None:
    """Print the `hmac:` line that proves one command line, for programs that command by mail."""
    with errors_told():
        codes = _codes(load_settings())
        out.print(
            codes.sign(address, " ".join(line.split()), SystemClock().now()),
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


async def _run(agent: MailcowAgent, overseer: OverseerAgent, *, once: bool) -> None:
    async with agent:
        _equip(agent, overseer)
        if once:
            await overseer.round()
            return
        async with asked_to_stop(overseer.stop):
            err.print("The Overseer runs.", highlight=False)
            await overseer.run()


async def _status(agent: MailcowAgent, overseer: OverseerAgent) -> str:
    async with agent:
        _equip(agent, overseer)
        return await overseer.look()


def _equip(agent: MailcowAgent, overseer: OverseerAgent) -> None:
    async def api() -> None:
        await agent.client.objects.version()

    overseer.add_monitored_agent(agent)
    overseer.add_probe("mailcow", api)


def _codes(settings: Settings) -> Codes:
    if settings.command_secret is None:
        raise ConfigError("GLASSDOME_COMMAND_SECRET is not set.", fix="Set it to 32 random characters.")
    return Codes(settings.command_secret)


def _tell_what_is_missing(settings: Settings) -> None:
    if not settings.overseer_mailbox:
        _log.warning("no_overseer_mailbox", effect="no alerts, reports, commands", fix="set GLASSDOME_OVERSEER_MAILBOX")
    elif not settings.overseer_recipients:
        _log.warning("no_recipients", effect="no alerts and reports", fix="set GLASSDOME_OVERSEER_RECIPIENTS")
    if settings.command_senders and not settings.authserv_ids:
        _log.warning(
            "no_authserv_id", effect="only commands of your own domain, with a code", fix="set GLASSDOME_AUTHSERV_ID"
        )
