"""The gate: which mail needs no model call, by policies a person chose.

The window of uncertainty is what the built-in engine and the signals leave open. Outside it, where nothing speaks for
fraud and the text is harmless, a model could change little; inside it, it is always asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from glassdome.core.config.model import SKIP_POLICIES as POLICIES
from glassdome.core.errors import ConfigError
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion
from glassdome.values.signal import Outcome, Signal

__all__ = ["POLICIES", "parse_policies", "skip_reason"]

#: The window of uncertainty on the built-in's probabilities: below it a mail counts as harmless, above as settled.
HARMLESS_BELOW: Final = 0.05
SETTLED_ABOVE: Final = 0.98
#: Bulk mail is never urgent; its window is narrower.
BULK_HARMLESS_BELOW: Final = 0.2
#: Mails that must have come from a sender, verified, before it counts as known.
KNOWN_AFTER: Final = 3
#: Signals that speak against no sender: who it is, what kind of mail, how it is linked.
_HARMLESS_SIGNALS: Final = frozenset(
    [
        "authenticated",
        "known_sender",
        "correspondent",
        "first_contact",
        "list_mail",
        "list_verified",
        "automatic_mail",
        "rspamd_clean",
        "commercial",
        "generic_greeting",
        "link_consistent",
        "link_popular_only",
        "link_redirector",
        "link_reader_address",
        "link_foreign",
        "link_many_labels",
    ]
)


def parse_policies(text: str) -> frozenset[str]:
    """Read the setting `engine.skip`: policies separated by commas, or `none`; raises ConfigError."""
    words = frozenset(word.strip().lower() for word in text.split(",") if word.strip()) - {"none"}
    unknown = sorted(words - set(POLICIES))
    if unknown:
        raise ConfigError(
            f"engine.skip has unknown policies: {', '.join(unknown)}.",
            fix=f"Choose from {', '.join(POLICIES)} or none.",
        )
    return words


def skip_reason(
    message: Message, *, builtin: Opinion, signals: Sequence[Signal], context: Context, policies: frozenset[str]
) -> str:
    """Return the policy under which no model is asked, or an empty string.

    The words of a language that is not covered say nothing to the built-in engine, so a model is asked. Any signal that speaks against the sender, and any detector that failed, keeps a mail inside the window.
    """
    if not builtin.language_covered or not _quiet(signals):
        return ""
    suspicion = max(builtin.phishing, builtin.spam)
    verified = any(s.hit and s.name == "authenticated" for s in signals)
    if "bulk" in policies and _is_bulk(message) and verified and builtin.phishing < BULK_HARMLESS_BELOW:
        return "bulk"
    if "known" in policies and verified and _is_known(context) and suspicion < BULK_HARMLESS_BELOW:
        return "known"
    if "certain" in policies and (suspicion < HARMLESS_BELOW or builtin.spam > SETTLED_ABOVE):
        return "certain"
    return ""


def _quiet(signals: Sequence[Signal]) -> bool:
    failed = (Outcome.TEMP_ERROR, Outcome.PERM_ERROR)
    return not any((s.hit and s.name not in _HARMLESS_SIGNALS) or s.outcome in failed for s in signals)


def _is_bulk(message: Message) -> bool:
    return message.lists.is_list or message.lists.is_automatic


def _is_known(context: Context) -> bool:
    sender = context.sender
    return context.known and sender.authenticated >= KNOWN_AFTER and sender.junked == 0 and sender.replied > 0
