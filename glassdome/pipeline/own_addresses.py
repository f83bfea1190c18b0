"""Knows the addresses that are an owner's: those of the settings, and the aliases that mailcow lists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.config.access import read_aliases
from glassdome.core.errors import GlassdomeError
from glassdome.core.log import get_logger
from glassdome.ports.addresses import AliasDirectory
from glassdome.values.listed import AliasBook

__all__ = ["OwnAddresses"]

_log = get_logger(__name__)
#: Time after which mailcow is asked again, and that after it could not be asked.
_KEEP: Final = timedelta(minutes=5)
_AGAIN: Final = timedelta(minutes=1)


class OwnAddresses:
    """Implements `ports.addresses.OwnAddressBook`. A mailcow that is away costs no mail: the last list holds on."""

    def __init__(self, settings: Callable[[], Settings], directory: AliasDirectory | None, clock: Clock) -> None:
        """`directory` is None where the settings alone know aliases."""
        self._settings, self._directory, self._clock = settings, directory, clock
        self._book = AliasBook()
        self._until: datetime | None = None
        self._lock = asyncio.Lock()

    async def of(self, mailbox: str) -> frozenset[str]:
        """Return an owner's addresses in lower case."""
        own = mailbox.lower()
        await self._refresh()
        named = read_aliases(self._settings().aliases).get(own, frozenset())
        return frozenset({own}) | named | self._book.of(own)

    async def _refresh(self) -> None:
        if self._directory is None or not self._is_due():
            return
        async with self._lock:
            if not self._is_due():
                return
            try:
                self._book, keep = await self._directory.alias_book(), _KEEP
            except GlassdomeError as exc:
                _log.warning("aliases_not_listed", code=exc.code, problem=exc.message)
                keep = _AGAIN
            self._until = self._clock.now() + keep

    def _is_due(self) -> bool:
        return self._until is None or self._clock.now() >= self._until
