"""Letters for the tests of threads: a few words become a message, and several a thread."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from glassdome.parse.message import parse_message
from glassdome.threads import thread_of, turn_of
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Owner, Thread, Turn

ANN, TOM, COLLEAGUE, OFFICE = "ann@example.org", "tom@other.example", "bea@example.org", "billing@shop.example"
OWNER = Owner(addresses=frozenset((ANN,)), name="Ann Archer", colleagues=frozenset((COLLEAGUE,)))
NAMES = {ANN: "Ann Archer", TOM: "Tom Baker", COLLEAGUE: "Bea Clark", OFFICE: "Kim Dean"}
#: A Monday.
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def letter(text: str, *, by: str = TOM, to: str = ANN, cc: str = "", day: int = 0, **fields: str) -> Turn:
    """Return the turn of a mail written `day` days after the start."""
    mail = EmailMessage()
    mail["From"] = f"{NAMES.get(by, '')} <{by}>"
    mail["To"] = ", ".join(f"{NAMES.get(one, '')} <{one}>" for one in to.split(","))
    if cc:
        mail["Cc"] = ", ".join(f"{NAMES.get(one, '')} <{one}>" for one in cc.split(","))
    mail["Subject"] = fields.pop("subject", "The boat")
    mail["Date"] = START + timedelta(days=day)
    mail["Message-ID"] = f"<{abs(hash((text, by, day)))}@example.net>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    ref = MessageRef(mailbox=ANN, uid_validity=1, uid=day + 1)
    return turn_of(parse_message(mail.as_bytes()), ref=ref, owner=OWNER)


def mine(text: str, *, to: str = TOM, cc: str = "", day: int = 0) -> Turn:
    """Return the turn of a mail that the owner wrote."""
    return letter(text, by=ANN, to=to, cc=cc, day=day)


def standing(*turns: Turn, day: int) -> Thread:
    """Return the thread as it stands `day` days after the start."""
    return thread_of(turns, owner=OWNER, now=START + timedelta(days=day))
