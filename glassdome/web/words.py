"""Words for pages: verdicts, states, ages, places in a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from glassdome.values.verdict import why_unjudged

__all__ = [
    "ACTION_STATES",
    "ATTENTION",
    "CORRECTIONS",
    "JOB_REASONS",
    "JOB_STATES",
    "Kind",
    "action_state",
    "action_words",
    "age",
    "duration",
    "fact_kind",
    "first_due",
    "kind_of",
    "place",
    "sender",
    "span",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A verdict as a person sees it: a word, and the name of its shape and colour."""

    name: str
    word: str


_PHISHING: Final = Kind(name="phishing", word="Phishing")
_SPAM: Final = Kind(name="spam", word="Spam")
_FINE: Final = Kind(name="fine", word="Looks fine")
_UNKNOWN: Final = Kind(name="unknown", word="Not judged")

JOB_STATES: Final = {
    "pending": "Waiting",
    "leased": "Being judged",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
JOB_REASONS: Final = {
    "new": "new mail",
    "asked": "asked for",
    "backfill": "older mail",
    "upgrade": "a second look by the model",
    "draft": "a reply draft",
}
ACTION_STATES: Final = {
    "planned": "planned",
    "begun": "under way",
    "done": "done",
    "failed": "failed",
    "unknown": "begun, outcome unknown",
    "undone": "undone",
}
#: What a person said that a message is.
CORRECTIONS: Final = {"ham": "harmless", "spam": "spam", "phish": "phishing"}
#: How a mail wants to be met.
ATTENTION: Final = {"now": "now", "answer": "to answer", "read": "to read", "skim": "to skim"}
#: A warning is sent or not; "done" and "failed" would hide which.
_ALERT_STATES: Final = {"planned": "not sent yet", "begun": "being sent", "done": "sent", "failed": "not sent"}
_ACTIONS: Final = {
    "add_keyword": "Keyword",
    "move": "Move to",
    "alert": "Warning to the owner of",
    "learn": "Lesson for the spam filter:",
    "draft": "Draft:",
    "answer": "Automatic answer:",
}
#: More is no number of a link; what a model wrote may be anything.
_INDEX_DIGITS: Final = 9
_PLACES: Final = {
    "text": "in the text",
    "body": "in the text",
    "subject": "in the subject",
    "hidden": "in text that readers do not see",
    "context": "from what this mailbox knows",
    "rspamd": "from Rspamd",
}
#: Facts whose name is not what a person calls them.
_FACT_KINDS: Final = {
    "datetime": "date and time", "iban": "IBAN", "qr": "code", "email": "e-mail address", "cell": "table cell",
}  # fmt: skip
#: Seconds that are called now.
_NOW: Final = 5
_STEPS: Final = ((60, 1, "second"), (3600, 60, "minute"), (86_400, 3600, "hour"), (86_400 * 60, 86_400, "day"))


def kind_of(analysis: Mapping[str, Any]) -> Kind:
    """Return the verdict of an analysis; phishing is what `is_phishing` says, whatever the label."""
    if analysis["is_phishing"] or analysis["label"] == "phish":
        return _PHISHING
    if analysis["label"] == "unknown":
        return replace(_UNKNOWN, word=why_unjudged(analysis["readable"]).capitalize())
    return _SPAM if analysis["label"] == "spam" else _FINE


def first_due(analysis: Mapping[str, Any]) -> str:
    """Return the first day by which something is due, empty where no day is known."""
    return min((item["due_at"] for item in analysis["action_items"] if item["due_at"]), default="")


def age(instant: str | datetime, now: datetime) -> str:
    """Say how long ago that was, or is to be: `3 minutes ago`."""
    then = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    seconds = (now - then.astimezone(UTC)).total_seconds()
    if abs(seconds) < _NOW:
        return "just now"
    return f"in {span(-seconds)}" if seconds < 0 else f"{span(seconds)} ago"


def span(seconds: float) -> str:
    """Say a time in its largest unit."""
    for limit, unit, name in _STEPS:
        if seconds < limit:
            number = max(0, int(seconds // unit))
            return f"{number} {name}{'' if number == 1 else 's'}"
    return f"{int(seconds // (86_400 * 30.44))} months"


def duration(seconds: float) -> str:
    """Say how long something took: `8 ms`, `2.4 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def place(where: str) -> str:
    """Say where in a message evidence stands: `header:From` is `in the field From`."""
    kind, _, rest = where.partition(":")
    if kind == "header":
        return f"in the field {rest}"
    if kind in ("link", "attachment", "form") and rest.isdecimal() and len(rest) <= _INDEX_DIGITS:
        return f"{kind} {int(rest) + 1}"
    return _PLACES.get(kind, where)


def fact_kind(kind: str) -> str:
    """Say what a fact is."""
    return _FACT_KINDS.get(kind, kind)


def sender(text: str) -> tuple[str, str]:
    """Part `Name <address>` into name and address; the name is the sender's own claim and may hold anything."""
    name, bracket, address = text.rpartition(" <")
    return (name, address.removesuffix(">")) if bracket and address.endswith(">") else ("", text)


def action_state(action: Mapping[str, Any]) -> str:
    """Say what became of an action."""
    states = ACTION_STATES | _ALERT_STATES if action["kind"] == "alert" else ACTION_STATES
    return states.get(str(action["state"]), str(action["state"]))


def action_words(action: Mapping[str, Any]) -> str:
    """Describe an action; its argument is shown next to it."""
    kind = str(action["kind"])
    return _ACTIONS.get(kind, kind)
