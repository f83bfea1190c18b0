"""Wires the knowledge of owners' addresses."""

from __future__ import annotations

from contextlib import AsyncExitStack

from glassdome.core.clock import Clock
from glassdome.integrations.mailcow.directory import MailcowAliases
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.pipeline.live import LiveSettings
from glassdome.pipeline.own_addresses import OwnAddresses

__all__ = ["own_addresses"]


async def own_addresses(settings: LiveSettings, clock: Clock, stack: AsyncExitStack) -> OwnAddresses:
    """Return what knows them, by mailcow's API where its key is set; `stack` closes the connection."""
    current = settings.current()
    directory = None
    if current.mailcow_api_url and current.mailcow_api_key:
        client = await stack.enter_async_context(MailcowClient.from_settings(current, clock=clock))
        directory = MailcowAliases(client.objects)
    return OwnAddresses(settings.current, directory, clock)
