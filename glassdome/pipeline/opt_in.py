"""Takes mailcow's word for who wants analysis: a tag of the mailbox or its domain, or a custom attribute.

The settings may choose whole domains, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.log import get_logger
from glassdome.values.listed import ListedMailbox

if TYPE_CHECKING:
    from glassdome.store.history import History
    from glassdome.store.opt_ins import OptIns
    from glassdome.store.preferences import PreferenceTable

__all__ = ["Directory", "OptIn"]

_log = get_logger(__name__)
_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"0", "false", "no", "off"})


class Directory(Protocol):
    """The mail server's own list of mailboxes."""

    async def listed(self) -> Sequence[ListedMailbox]:
        """Return every mailbox; raises GlassdomeError."""
        ...


@dataclass(frozen=True, kw_only=True)
class OptIn:
    """Follows changes of mailcow's word, not its repetition: what an owner changes here afterwards stays."""

    directory: Directory
    said: OptIns
    preferences: PreferenceTable
    history: History
    clock: Clock
    settings: Callable[[], Settings]

    async def sync(self) -> int:
        """Choose and release mailboxes by what changed and return how many; raises as Directory and the stores.

        An empty list is not believed: releasing everybody for an odd answer would stop all analysis.
        """
        listed = await self.directory.listed()
        before = dict(await self.said.opt_ins())
        wanted = {box.address: word for box in listed if box.active and (word := self._word(box)) is not None}
        taken_back = {address: False for address, on in before.items() if on and address not in wanted}
        changes = {k: on for k, on in (wanted | taken_back).items() if before.get(k) is not on} if listed else {}
        for mailbox, on in sorted(changes.items()):
            await self._apply(mailbox, on=on)
        return len(changes)

    def _word(self, box: ListedMailbox) -> bool | None:
        settings = self.settings()
        attribute = box.attributes.get(settings.opt_in_attribute, "").strip().lower()
        if attribute in _YES | _NO:
            return attribute in _YES
        tag = settings.opt_in_tag.lower()
        tagged = tag and tag in box.tags | box.domain_tags
        return True if tagged or box.address.lower().rpartition("@")[2] in settings.domain_names else None

    async def _apply(self, mailbox: str, *, on: bool) -> None:
        now = self.clock.now()
        wishes = await self.preferences.get_preferences(mailbox)
        if wishes.chosen != on:
            await self.preferences.set_preferences(replace(wishes, chosen=on), now=now)
            action = "opt_in" if on else "opt_out"
            await self.history.audit(actor="mailcow", action=action, subject=mailbox, facts={}, now=now)
            _log.info("mailbox_chosen" if on else "mailbox_released", mailbox=mailbox, by="mailcow")
        await self.said.set_opt_in(mailbox, wanted=on, now=now)
