"""Whole mails that people wrote and labelled for triage: read from a plain text file, each built into a raw mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Final

from glassdome.core.errors import InputError
from glassdome.pipeline.context import for_file
from glassdome.values.context import Context, SenderHistory

__all__ = ["AUTHSERV", "OWNER", "LabelledAction", "TriageMail", "context_for", "raw_of", "read_triage_mails"]

#: The mailbox that all of them came to, and the server whose word on the sender counts.
OWNER: Final = "jana@example.org"
AUTHSERV: Final = "mail.example.org"
_DIVIDER: Final = "====="
_MAILER: Final = "mailer.example"
#: Forms in which the word on authentication stands in a header, by the name in the file.
_AUTHENTICATION: Final[Mapping[str, str]] = {
    "pass": "spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}",
    "fail": "spf=fail smtp.mailfrom={domain}; dkim=none; dmarc=fail header.from={domain}",
    "mailer": "spf=pass smtp.mailfrom=mailer.example; dkim=pass header.d=mailer.example; dmarc=fail header.from={domain}",
}  # fmt: skip
_MASS: Final = ("bulk", "list")
#: Mails with the owner that a known sender had.
_SEEN: Final = 4


@dataclass(frozen=True, slots=True)
class LabelledAction:
    """A thing to do: in words, the sentence it stands in, and the ISO date by which, empty where none follows."""

    text: str
    quote: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageMail:
    """A labelled mail. `fields` are the lines above the body as the file has them."""

    id: str
    language: str
    kind: str
    fields: Mapping[str, str]
    body: str
    attention: str
    categories: Sequence[str]
    draft: bool
    actions: Sequence[LabelledAction]

    @property
    def known(self) -> bool:
        """True where the owner had mail with the sender before."""
        return self.fields.get("history") == "known"


def read_triage_mails(path: Path) -> list[TriageMail]:
    """Return the mails of a file; raises InputError for a block without a body."""
    blocks = path.read_text("utf-8").split(f"\n{_DIVIDER}")
    return [_mail(path, block.strip("\n")) for block in blocks if block.strip()]


def _mail(path: Path, block: str) -> TriageMail:
    head, found, body = block.partition("\nbody:")
    if not found:
        raise InputError(f"{path.name} has a block without a body: {head[:40]}")
    fields: dict[str, str] = {}
    actions: list[LabelledAction] = []
    for line in head.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "action" and value.count("|") >= 2:
            actions.append(_action(value))
        elif name.strip() != "action":
            fields[name.strip()] = value.strip()
    return TriageMail(
        id=fields["id"], language=fields["lang"], kind=fields["kind"], fields=fields, body=body.strip("\n") + "\n",
        attention=fields["attention"], categories=[part.strip() for part in fields["categories"].split("|")],
        draft=fields.get("draft") == "yes", actions=actions,
    )  # fmt: skip


def _action(value: str) -> LabelledAction:
    text, *quote, due = (part.strip() for part in value.split("|"))
    return LabelledAction(text, "|".join(quote).strip(), "" if due == "-" else due)


def raw_of(mail: TriageMail) -> bytes:
    """Return the mail as our server would hand it over: its fields, the word on its sender, the fields of its kind."""
    made, (_, address) = EmailMessage(policy=SMTPUTF8), parseaddr(mail.fields["from"])
    domain = address.rpartition("@")[2]
    made["From"], made["Subject"] = mail.fields["from"], mail.fields["subject"]
    made["To"] = f"Jana Beispiel <{OWNER}>" if mail.fields.get("cc") != "yes" else "Team <team@example.org>"
    if mail.fields.get("cc") == "yes":
        made["Cc"] = f"Jana Beispiel <{OWNER}>"
    made["Date"] = format_datetime(datetime.strptime(mail.fields["date"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC))
    made["Message-ID"] = f"<{mail.id}@{domain}>"
    if (result := _AUTHENTICATION.get(mail.fields.get("auth", ""))) is not None:
        made["Authentication-Results"] = f"{AUTHSERV}; {result.format(domain=domain)}"
    _add_fields_of_kind(made, mail.kind, domain)
    made.set_content(mail.body)
    if name := mail.fields.get("attach"):
        made.add_attachment(b"%PDF-1.4\n", maintype="application", subtype="pdf", filename=name)
    return made.as_bytes()


def _add_fields_of_kind(made: EmailMessage, kind: str, domain: str) -> None:
    if kind in _MASS:
        made["List-Unsubscribe"] = f"<https://{domain}/unsubscribe>"
    if kind == "list":
        made["List-Id"] = f"<mail.{domain}>"
    if kind == "service":
        made["Auto-Submitted"] = "auto-generated"


def context_for(mail: TriageMail) -> Context:
    """Return what the mailbox knows: the sender's history, as the label says, and the owner's own domain."""
    address = mail.fields["from"].rpartition("<")[2].rstrip(">").lower()
    seen = SenderHistory(
        seen=_SEEN, authenticated=_SEEN, domain_seen=_SEEN, replied=mail.kind == "person", opened=_SEEN
    )
    now = datetime.fromisoformat(f"{mail.fields['date']}+00:00")
    return replace(
        for_file(now=now, ours=frozenset({"example.org"})), mailbox=OWNER, known=True,
        sender=seen if mail.known else SenderHistory(),
        contacts=frozenset({address}) if mail.known and mail.kind == "person" else frozenset(),
    )  # fmt: skip
