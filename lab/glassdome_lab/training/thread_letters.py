"""Threads that people wrote and labelled for training: read from plain text files, each mail built and parsed as a raw one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from glassdome.core.errors import InputError
from glassdome.parse.message import parse_message
from glassdome.threads import turn_of
from glassdome.threads.traits import STANDINGS
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Owner, Turn

__all__ = ["OWNER", "THREADS", "LabelledThread", "read_labelled_threads"]

#: The threads that ship with the lab, and their owner.
THREADS: Final = Path(__file__).parent / "threads_labelled"
OWNER: Final = Owner(
    addresses=frozenset(("jana@example.org", "jana.beispiel@example.com", "jb@tidelog.example")),
    colleagues=frozenset(f"{name}@example.org" for name in ("piet", "aylin", "henrike", "sandro")),
)
_ZONE: Final = ZoneInfo("Europe/Berlin")
_THREAD: Final = "====="
_MAIL: Final = "-----"
#: Fields that programs set, by the word in the file (RFC 3834, RFC 2076).
_PROGRAMS: Final[Mapping[str, Mapping[str, str]]] = {
    "automatic answer": {"Return-Path": "<>", "Auto-Submitted": "auto-replied", "Precedence": "auto_reply"},
    "newsletter": {
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "List-Unsubscribe": "<https://news.example/u/1>",
    },
    "machine": {"Auto-Submitted": "auto-generated"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledThread:
    """A thread's turns, the moment of the label, where it stands then (one of `STANDINGS`) and if a reminder is right.

    `writer` is the name of its file.
    """

    name: str
    writer: str
    turns: tuple[Turn, ...]
    as_of: datetime
    standing: str
    remind: bool

    @property
    def language(self) -> str:
        """The language its mails are written in."""
        return self.name[:2]


def read_labelled_threads(folder: Path = THREADS) -> list[LabelledThread]:
    """Read every file of a folder; raises InputError naming the thread whose form is wrong."""
    return [thread for path in sorted(folder.glob("*.txt")) for thread in _read(path)]


def _read(path: Path) -> Iterator[LabelledThread]:
    for block in _divided(path.read_text("utf-8"), _THREAD):
        if not block.strip():
            continue
        head, *mails = _divided(block, _MAIL)
        fields, _ = _fields(head)
        name = fields.get("thread", "a thread without a name")
        try:
            yield LabelledThread(
                name=name,
                writer=path.stem,
                turns=_turns(name, mails),
                as_of=datetime.fromisoformat(fields["as_of"]).replace(tzinfo=_ZONE),
                standing=STANDINGS[STANDINGS.index(fields["stands"])],
                remind=fields["remind"] == "yes",
            )
        except (KeyError, ValueError) as error:
            raise InputError(f"{path.name}: {name} has a wrong field: {error}.") from error


def _divided(text: str, line: str) -> list[str]:
    return f"\n{text}".split(f"\n{line}\n")


def _fields(text: str) -> tuple[dict[str, str], str]:
    head, _, body = text.strip("\n").partition("\n\n")
    pairs = (row.partition(": ") for row in head.split("\n"))
    return {name: value for name, _, value in pairs}, body


def _turns(name: str, mails: list[str]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for number, mail in enumerate(mails, 1):
        fields, body = _fields(mail)
        ref = MessageRef(mailbox="jana@example.org", folder=fields["folder"], uid_validity=1, uid=number)
        message = parse_message(_raw(name, number, fields, body))
        turns.append(turn_of(message, ref=ref, owner=OWNER, mine=True if fields["folder"] == "Sent" else None))
    return tuple(sorted(turns, key=lambda turn: turn.at))


def _raw(name: str, number: int, fields: Mapping[str, str], body: str) -> bytes:
    """Return the mail as RFC 5322 has it, without the quotes below it."""
    mail = EmailMessage(policy=SMTPUTF8)
    moment = datetime.fromisoformat(fields["date"])
    mail["Date"] = format_datetime(moment if moment.tzinfo else moment.replace(tzinfo=_ZONE))
    mail["Message-ID"] = f"<{number}.{name}@threads.example>"
    for field in ("from", "to", "cc", "subject"):
        if field in fields:
            mail[field.title()] = fields[field]
    if "answers" in fields:
        mail["In-Reply-To"] = mail["References"] = f"<{fields['answers']}.{name}@threads.example>"
    for field, value in _PROGRAMS.get(fields.get("made_by", ""), {}).items():
        mail[field] = value
    mail.set_content(f"{body}\n", cte="8bit")
    for file in fields.get("attached", "").split():
        mail.add_attachment(b"-", maintype="application", subtype="octet-stream", filename=file)
    return mail.as_bytes()
