"""Takes the hosts and ports of our own network out of a sentence that leaves it; the log keeps them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["HIDDEN_HOST", "without_places"]

HIDDEN_HOST: Final = "[host]"
_PLACE: Final = re.compile(
    r"\b(?:https?|imaps?|smtps?|mysql|mariadb|redis|unix):/{1,3}[^\s,;'\")]*[^\s,;'\").:!?]"
    # The operating system's words: ('192.0.2.1', 993)
    r"|\('[^']{1,80}', \d{1,5}[^()]{0,20}\)"
    r"|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?"
    # A host with a port; not a time of day, and not a line of a file (config.yml:12:).
    r"|(?<![\w.-])(?=[\d:]{0,40}[A-Za-z.])[A-Za-z0-9][\w.-]{0,252}:\d{2,5}\b(?!:)"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|(?<=mailcow at )[\w-]{1,63}(?:\.[\w-]{1,63}){0,20}"
)


def without_places(text: str) -> str:
    """Return `text` with each URL, address and host with port replaced, so that an answer maps nothing of the network."""
    return _PLACE.sub(HIDDEN_HOST, text)
