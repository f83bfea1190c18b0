"""Wrong keys: where they came from, how many are heard out, and the line of the log that a firewall can act upon."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from starlette.datastructures import Headers
from starlette.types import Scope

from glassdome.core.config import Settings
from glassdome.core.errors import NotAuthenticated, RateLimited
from glassdome.core.limits import MAX_RATE_BUCKETS, MAX_WRONG_KEYS_PER_ADDRESS
from glassdome.core.log import get_logger
from glassdome.core.networks import household, parse_networks, past_proxies
from glassdome.desk.keys import Caller
from glassdome.desk.rate import RateLimit

__all__ = ["Door", "Guesses", "address_of"]

_log = get_logger(__name__)
#: Where a key or password was tried: REST, the web UI, the sign-in of mailboxes, MCP, Dovecot's and Rspamd's routes, the proxy in front.
Door = Literal["rest", "web", "mailbox", "mcp", "beside", "proxy"]
_REFUSED: Final = "That API key is not valid."


def address_of(scope: Scope, settings: Settings) -> str:
    """Return the visitor's address: the peer's, or the one that a proxy named in the settings says."""
    client = scope.get("client")
    headers = Headers(scope=scope)
    forwarded = [hop for line in headers.getlist("x-forwarded-for") for hop in line.split(",")]
    forwarded = forwarded or headers.getlist("x-real-ip")
    return past_proxies(client[0] if client else "", forwarded, parse_networks(settings.trusted_proxies))


class Guesses(RateLimit):
    """Refuses an address that brought too many wrong keys, save for the keys that were right from there before."""

    def __init__(self) -> None:
        """Start without guesses."""
        super().__init__()
        self._right: dict[tuple[str, str], None] = {}

    def judge(
        self, caller: Caller | None, address: str, *, door: Door, now: datetime, refusal: str = _REFUSED
    ) -> Caller:
        """Return the caller; raises NotAuthenticated for a wrong key, RateLimited where there were too many.

        Past the limit a right key is refused as a wrong one is: the answer must tell a guesser nothing.
        """
        place = household(address)
        if caller is not None and (place, caller.name) in self._right:
            return caller
        if caller is None:
            self._take(place, now)
            self.log(address, door)
            raise NotAuthenticated(refusal)
        self._look(place, now)
        if len(self._right) >= MAX_RATE_BUCKETS:
            self._right.clear()
        self._right[place, caller.name] = None
        return caller

    @staticmethod
    def log(address: str, door: Door) -> None:
        """Write the one line of a wrong key. Nothing in it is a stranger's word: `deploy/fail2ban` relies on that."""
        _log.warning("key_refused", address=address, door=door)

    def _take(self, place: str, now: datetime) -> None:
        try:
            self.take(place, per_minute=MAX_WRONG_KEYS_PER_ADDRESS, now=now)
        except RateLimited as exc:
            raise RateLimited("Too many wrong keys came from this address. Wait a minute.", **exc.facts) from exc

    def _look(self, place: str, now: datetime) -> None:
        """Raise RateLimited where the next wrong key would; a right key costs nothing."""
        self._take(place, now)
        level, then = self._buckets[place]
        self._buckets[place] = (level + 1, then)
