"""An IMAP server's description of a folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["FetchedMessage", "FolderInfo", "FolderStatus"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderInfo:
    """One folder of a LIST answer, its name decoded.

    `special_use` holds RFC 6154 attributes such as `\\Sent`; `selectable` is False for a mere level of the hierarchy.
    `levels` are the parts of its name below the owner's namespace (RFC 2342) and below INBOX: `INBOX.Junk` has one.
    """

    name: str
    levels: tuple[str, ...] = ()
    special_use: frozenset[str] = frozenset()
    selectable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderStatus:
    """The state of one folder (RFC 9051 6.3.11): `uid_next` is above every UID there; `highest_modseq` is RFC 7162's.

    A server may leave `uid_next` out (RFC 3501 6.3.1): then nothing may be assumed of it. `permanent` holds the flags that
    are kept, in lower case (`\\*`: any keyword), as told when the folder is selected for changes; None where it is not.
    """

    uid_validity: int
    uid_next: int | None = None
    exists: int = 0
    highest_modseq: int | None = None
    permanent: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedMessage:
    """One message as fetched; `raw` is empty where only facts were asked for."""

    uid: int
    size: int
    flags: frozenset[str] = frozenset()
    received: datetime | None = None
    raw: bytes = field(default=b"", repr=False)
