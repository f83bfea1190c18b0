"""Small values for tests and benchmarks of the store: refs, jobs, analyses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from glassdome.values.analysis import Analysis
from glassdome.values.job import NewJob
from glassdome.values.message import Address, Authentication, AuthResult, Message
from glassdome.values.opinion import ActionItem, Opinion, Reason, Usage
from glassdome.values.refs import MessageRef
from glassdome.values.signal import Evidence, Outcome, SensitiveFinding, Signal
from glassdome.values.verdict import Label, Verdict

__all__ = ["NOON", "a_message", "a_ref", "a_verdict", "an_analysis", "jobs"]

NOON: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def a_ref(
    uid: int = 1, *, mailbox: str = "ann@example.org", folder: str = "INBOX", uid_validity: int = 7
) -> MessageRef:
    """Return a ref."""
    return MessageRef(mailbox=mailbox, folder=folder, uid_validity=uid_validity, uid=uid)


def jobs(*uids: int, **fields: Any) -> list[NewJob]:
    """Return new jobs of these UIDs; `mailbox` and the fields of NewJob may be given."""
    mailbox = fields.pop("mailbox", "ann@example.org")
    return [NewJob(ref=a_ref(uid, mailbox=mailbox), **fields) for uid in uids]


def a_verdict(**fields: Any) -> Verdict:
    """Return a harmless verdict, changed by `fields`."""
    whole: dict[str, Any] = {
        "label": Label.HAM,
        "is_phishing": False,
        "phishing_score": 0.03,
        "spam_score": 0.1,
        "phishing_reasons": (
            Reason(signal="text", why="Plain words.", evidence=(Evidence(where="text", quote="hi"),)),
        ),
        "summary": "Ann asks for the minutes. 😀",
        "categories": ("personal", "meeting"),
        "tags": ("minutes",),
        "priority_score": 5,
        "attention": "answer",
        "attention_reason": "Somebody waits for an answer.",
        "sensitive": (SensitiveFinding(type="iban", start=3, end=25, masked="****1234"),),
        "action_items": (ActionItem(text="Send the minutes", evidence=Evidence(where="text"), due="Friday"),),
        "auto_reply_suggestion": None,
        "language": "en",
        "engine": "ollama",
        "model": "small:1b",
        "prompt_version": "reading-1",
        "usage": Usage(calls=1, tokens_in=900, tokens_out=120, seconds=2.5),
    }
    return Verdict(**(whole | fields))


def an_analysis(ref: MessageRef | None = None, *, verdict: Verdict | None = None, **fields: Any) -> Analysis:
    """Return an analysis, changed by `fields`."""
    ref = ref or a_ref()
    whole: dict[str, Any] = {
        "ref": ref,
        "message_id": f"<{ref.uid}@example.com>",
        "thread_id": "<1@example.com>",
        "subject": "The minutes 📎",
        "header_from": Address(name="Bob", addr="Bob@example.com"),
        "date": NOON,
        "content_hash": f"{ref.uid:064x}",
        "verdict": verdict or a_verdict(),
        "signals": (Signal(name="dmarc", outcome=Outcome.TEMP_ERROR), Signal(name="link_ip", outcome=Outcome.HIT)),
        "processing_time": 0.25,
        "analyzed_at": NOON,
        "opinion": Opinion(engine="ollama", model="small:1b", summary="Ann asks."),
    }
    return Analysis(**({"received_at": fields.get("analyzed_at", NOON)} | whole | fields))


def a_message(addr: str = "Bob@example.com", *, passed: bool = True, to: tuple[str, ...] = ()) -> Message:
    """Return a message whose DMARC passed at our own server, or did not."""
    result = AuthResult(method="dmarc", result="pass" if passed else "fail", domain=addr.rpartition("@")[2])
    return Message(
        header_from=(Address(addr=addr),),
        to=tuple(Address(addr=one) for one in to),
        authentication=Authentication(authserv_id="mx.example.org", trusted=True, results=(result,)),
    )
