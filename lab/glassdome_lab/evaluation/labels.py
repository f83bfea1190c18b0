"""The names under which others file the three classes."""

from __future__ import annotations

from typing import Final

__all__ = ["CLASSES", "label_named"]

#: Our three classes, in the order of every table.
CLASSES: Final = ("ham", "spam", "phish")
_NAMES: Final = {
    "ham": "ham", "legit": "ham", "legitimate": "ham", "good": "ham", "normal": "ham", "benign": "ham", "inbox": "ham", "0": "ham",
    "spam": "spam", "junk": "spam", "bulk": "spam", "commercial": "spam",
    "phish": "phish", "phishing": "phish", "fraud": "phish", "scam": "phish", "malicious": "phish", "malware": "phish", "1": "phish",
}  # fmt: skip


def label_named(name: str) -> str:
    """Return ham, spam or phish for a label or a folder's name, or an empty string."""
    return _NAMES.get(name.strip().lower(), "")
