"""`glassdome agent`: the Overseer as a daemon, and the codes of its mail commands."""

from __future__ import annotations

import asyncio
from typing import Final

from glassdome.agents.commands.codes import Codes
from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.agents.overseer import OverseerAgent
from glassdome.bootstrap.models import ask_model_server
from glassdome.cli.console import err, errors_told, load_settings, out, print_json
from glassdome.cli.service import asked_to_stop
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, StoreError
from glassdome.core.log import get_logger

__all__ = ["enrol", "run", "sign", "status"]

_log = get_logger(__name__)
#: Engines whose model runs in a server of its own; the others run in the process that judges.
_SERVED: Final = ("ollama", "openai")


def run(*, once: bool) -> None:
    """Watch mailboxes and services, mail alerts and reports, and answer mail commands, until it is stopped."""
    with errors_told():
        settings = load_settings()
        agent, overseer = MailcowAgent.from_settings(settings), OverseerAgent(settings=settings)
        _tell_what_is_missing(settings)
        asyncio.run(_run(agent, overseer, settings, once=once))


def status(*, as_json: bool) -> None:
    """Check everything once without sending alerts, and print the state."""
    with errors_told():
        settings = load_settings()
        agent, overseer = MailcowAgent.from_settings(settings), OverseerAgent(settings=settings)
        text = asyncio.run(_status(agent, overseer, settings))
    if as_json:
        print_json({"status": text.splitlines()})
    else:
        out.print(text, highlight=False, markup=False, end="", soft_wrap=True)


def enrol(*, address: str) -> None:
    """Print the URI that an authenticator app reads; it holds that sender's secret, so treat it like a password."""
    with errors_told():
        out.print(_codes(load_settings()).enrolment(address), highlight=False, markup=False, soft_wrap=True)


def sign(*, address: str, line: str) -> None:
    """Print the `hmac:` line that proves one command line, for programs that command by mail."""
    with errors_told():
        codes = _codes(load_settings())
        out.print(
            codes.sign(address, " ".join(line.split()), SystemClock().now()),
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


async def _run(agent: MailcowAgent, overseer: OverseerAgent, settings: Settings, *, once: bool) -> None:
    async with agent:
        await _equip(agent, overseer, settings)
        if once:
            await overseer.round()
            return
        async with asked_to_stop(overseer.stop):
            err.print("The Overseer runs.", highlight=False)
            await overseer.run()


async def _status(agent: MailcowAgent, overseer: OverseerAgent, settings: Settings) -> str:
    async with agent:
        await _equip(agent, overseer, settings)
        return await overseer.look()


async def _equip(agent: MailcowAgent, overseer: OverseerAgent, settings: Settings) -> None:
    """Give the Overseer its agent, and mailcow and the model server, where there are such, to ask in each round."""

    async def api() -> None:
        await agent.client.objects.version()

    async def model() -> None:
        await ask_model_server(await _current(settings, agent))

    overseer.add_monitored_agent(agent)
    if settings.mailcow_api_url:
        overseer.add_probe("mailcow", api)
    if (engine := (await _current(settings, agent)).engine_name) in _SERVED:
        overseer.add_probe(engine, model)


async def _current(settings: Settings, agent: MailcowAgent) -> Settings:
    """Return the settings with what the `llm_config` table says; without it while that cannot be read."""
    try:
        table = await (await agent.memory.stores()).config.read_config()
        return await asyncio.to_thread(settings.with_table, table)
    except (ConfigError, StoreError):
        return settings


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
