"""Digests for owners: gathered, written in their language, sent once a period."""

from glassdome.agents.digest.gather import gather, moved_line
from glassdome.agents.digest.period import Period, latest_period
from glassdome.agents.digest.sender import DigestSender
from glassdome.agents.digest.write import WrittenDigest, shown_line, write

__all__ = [
    "DigestSender",
    "Period",
    "WrittenDigest",
    "gather",
    "latest_period",
    "moved_line",
    "shown_line",
    "write",
]
