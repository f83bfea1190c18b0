"""One authenticated session: the commands Glassdome needs, with values in and out. Implements `ports.imap.ImapSession`."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime

from glassdome.core.errors import FolderMissing, ImapRefused, InvalidQuery, MessageTooLarge, NotFound
from glassdome.core.limits import IMAP_COMMAND_SECONDS, IMAP_LEAST_BYTES_PER_SECOND, MAX_IMAP_HEADER_BYTES
from glassdome.core.recent import Recent
from glassdome.integrations.imap.connection import Connection, ServerReply
from glassdome.integrations.imap.folder_list import listed, personal_prefixes, words_of
from glassdome.integrations.imap.folder_names import encode_folder
from glassdome.integrations.imap.response import Token, pairs
from glassdome.integrations.imap.uid_sets import number, searched, uid_set
from glassdome.values.folder import FetchedMessage, FolderInfo, FolderStatus
from glassdome.values.refs import INBOX

__all__ = ["Session"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Several messages are not fetched by one command when they are many: the command line has its limits too.
_BATCH = 500
#: Header sections fetched by one command: at most 800 KB.
_HEADER_BATCH = 50


class Session:
    """An authenticated connection; made by `login.log_in`."""

    def __init__(self, connection: Connection, capabilities: frozenset[str]) -> None:
        """`capabilities` are those announced after the login, in upper case."""
        self.capabilities = capabilities
        self._connection = connection
        self._selected: tuple[str, bool] | None = None
        self._exists, self._validity = 0, 0
        self._kept, self._user = Recent[bytes](most_bytes=0, seconds=0), ""
        self._prefixes: tuple[str, ...] | None = None
        self._wire: dict[str, str] = {}

    def share(self, kept: Recent[bytes], user: str) -> None:
        """Share the messages fetched for that login with its other sessions."""
        self._kept, self._user = kept, user

    @property
    def broken(self) -> bool:
        """The connection is of no more use."""
        return self._connection.broken

    async def folders(self) -> tuple[FolderInfo, ...]:
        """LIST every folder with its special use (RFC 6154), INBOX first."""
        found = {info.name: info for info in (await self._list()).values()}
        return tuple(sorted(found.values(), key=lambda info: (info.name != INBOX, info.name)))

    async def status(self, folder: str) -> FolderStatus:
        """STATUS without selecting; the folder that is selected is selected again, which returns the same.

        If the answer lacks a needed item, EXAMINE follows.
        """
        if self._selected and self._selected[0] == folder:
            return await self._open(folder, read_only=self._selected[1])
        items = "MESSAGES UIDNEXT UIDVALIDITY" + (" HIGHESTMODSEQ" if "CONDSTORE" in self.capabilities else "")
        reply = await self._about(folder, "STATUS", f"({items})")
        for response in reply.of("STATUS"):
            facts = pairs(response.data[-1] if response.data else None)
            if "UIDVALIDITY" in facts and "MESSAGES" in facts:
                return FolderStatus(
                    uid_validity=number(facts["UIDVALIDITY"]),
                    uid_next=number(facts.get("UIDNEXT", "0")) or None,
                    exists=number(facts["MESSAGES"]),
                    highest_modseq=number(facts["HIGHESTMODSEQ"]) if "HIGHESTMODSEQ" in facts else None,
                )
        return await self.examine(folder)

    async def examine(self, folder: str) -> FolderStatus:
        """Select read-only (RFC 9051 6.3.3)."""
        return await self._open(folder, read_only=True)

    async def select(self, folder: str) -> FolderStatus:
        """Select for changes (RFC 9051 6.3.2)."""
        return await self._open(folder, read_only=False)

    async def noop(self) -> bool:
        """Let the server report changes of the selected folder."""
        reply = await self._connection.command("NOOP")
        return any(not response.is_status for response in reply.untagged)

    async def search(self, criteria: str) -> tuple[int, ...]:
        """UID SEARCH; raises InvalidQuery for criteria that are not printable ASCII on one line."""
        if not (criteria.isascii() and criteria.isprintable()):
            raise InvalidQuery("IMAP search criteria must be printable ASCII.")
        reply = await self._connection.command("UID", "SEARCH", criteria)
        return tuple(sorted(set[int]().union(*(searched(r) for r in (*reply.of("SEARCH"), *reply.of("ESEARCH"))))))

    async def uids_from(self, first: int) -> tuple[int, ...]:
        """FETCH the UIDs of `first` and above, and always that of the last message (RFC 9051 9, seq-range)."""
        reply = await self._connection.command("UID", "FETCH", f"{first}:*", "(UID)")
        return tuple(sorted({number(facts["UID"]) for facts in _fetched(reply) if "UID" in facts}))

    async def facts(self, uids: Sequence[int]) -> tuple[FetchedMessage, ...]:
        """Fetch size, flags and INTERNALDATE of those that are still there, by ascending UID; raises as `body`."""
        found: dict[int, FetchedMessage] = {}
        for start in range(0, len(uids), _BATCH):
            reply = await self._fetch(uids[start : start + _BATCH], "(UID RFC822.SIZE FLAGS INTERNALDATE)")
            for facts in _fetched(reply):
                # A change of flags by another client arrives as FETCH too, without the requested items.
                if "UID" in facts and "RFC822.SIZE" in facts:
                    found[number(facts["UID"])] = _message(facts)
        if missing := sorted(set(uids) - found.keys()):
            await self._withheld(missing)
        return tuple(found[uid] for uid in sorted(found.keys() & set(uids)))

    async def body(self, uid: int, *, max_bytes: int) -> bytes | None:
        """Fetch BODY.PEEK[], its size first; None when the message is gone. One that was fetched lately is not again.

        Raises MessageTooLarge before anything is transferred when RFC822.SIZE exceeds `max_bytes`, and a temporary
        ImapRefused where the server lists the message and gives no data of it.
        """
        sizes = [
            _size(f["RFC822.SIZE"])
            for f in _fetched(await self._fetch([uid], "(UID RFC822.SIZE)"))
            if "RFC822.SIZE" in f
        ]
        if not sizes:
            await self._withheld([uid])
            return None
        if sizes[0] > max_bytes:
            raise MessageTooLarge(f"The message has {sizes[0]} bytes; {max_bytes} are allowed.")
        # A message that has this name never changes (RFC 9051 2.3.1.1); another login may see another.
        message = (self._user, (self._selected or ("",))[0], self._validity, uid, sizes[0])
        if (kept := self._kept.get(message)) is not None:
            return kept
        seconds = IMAP_COMMAND_SECONDS + sizes[0] / IMAP_LEAST_BYTES_PER_SECOND
        # RFC822.SIZE may be off by line ends in a damaged store, hence the slack.
        reply = await self._fetch([uid], "(UID BODY.PEEK[])", seconds=seconds, max_literal=max_bytes + max_bytes // 8)
        for facts in _fetched(reply):
            raw = facts.get("BODY[]")
            if isinstance(raw, str):
                raw = raw.encode("utf-8", "surrogateescape")
            # Servers in trouble send an empty body of a message that has a size.
            if isinstance(raw, bytes) and (raw or not sizes[0]):
                self._kept.put(message, raw, len(raw))
                return raw
        await self._withheld([uid])
        return None

    async def headers(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Fetch the header sections of those that are still there, each cut at MAX_IMAP_HEADER_BYTES (RFC 9051 6.4.5)."""
        found: dict[int, bytes] = {}
        for start in range(0, len(uids), _HEADER_BATCH):
            items = f"(UID BODY.PEEK[HEADER]<0.{MAX_IMAP_HEADER_BYTES}>)"
            for facts in _fetched(await self._fetch(uids[start : start + _HEADER_BATCH], items)):
                raw = facts.get("BODY[HEADER]<0>")
                if "UID" in facts and isinstance(raw, bytes | str):
                    whole = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogateescape")
                    found[number(facts["UID"])] = whole
        return {uid: found[uid] for uid in uids if uid in found}

    async def store(self, uids: Sequence[int], flags: Sequence[str], *, add: bool) -> None:
        """UID STORE in the folder selected for changes; a message that is gone is no error."""
        if uids and flags:
            change = "+FLAGS.SILENT" if add else "-FLAGS.SILENT"
            await self._connection.command("UID", "STORE", uid_set(uids), change, _flag_list(flags))

    async def move(self, uid: int, folder: str, *, copied: bool = False) -> tuple[int, int] | None:
        """Move out of the selected folder; return UIDVALIDITY and UID over there where the server tells (COPYUID).

        Without MOVE it is copied and expunged, unless it was `copied` before. Raises NotFound when the message or the target
        folder is not there.
        """
        target = await self._wire_name(folder)
        if "MOVE" in self.capabilities:
            reply = await self._connection.command("UID", "MOVE", str(uid), target)
            return _copied(reply, uidplus="UIDPLUS" in self.capabilities)
        if "UIDPLUS" not in self.capabilities:
            raise ImapRefused(
                "The server can neither MOVE nor UID EXPUNGE, so a message cannot be moved without touching others."
            )
        told = None
        if not copied:
            told = _copied(await self._connection.command("UID", "COPY", str(uid), target), uidplus=False)
        await self.store([uid], ["\\Deleted"], add=True)
        await self._connection.command("UID", "EXPUNGE", str(uid))
        return told

    async def expunge(self, uid: int) -> None:
        """UID EXPUNGE one message of the folder selected for changes (RFC 4315 2.1); raises ImapRefused without UIDPLUS."""
        if "UIDPLUS" not in self.capabilities:
            raise ImapRefused("The server has no UID EXPUNGE, so no message can be removed without touching others.")
        await self.store([uid], ["\\Deleted"], add=True)
        await self._connection.command("UID", "EXPUNGE", str(uid))

    async def append(self, folder: str, raw: bytes, *, flags: Sequence[str], date: datetime) -> int | None:
        """APPEND; return the new UID where the server tells (RFC 4315)."""
        if self._selected == (folder, True):
            # Courier stores nothing in a folder that this connection has open for reading; CLOSE expunges nothing then.
            self._selected = None
            with contextlib.suppress(ImapRefused):
                await self._connection.command("CLOSE")
        seconds = IMAP_COMMAND_SECONDS + len(raw) / IMAP_LEAST_BYTES_PER_SECOND
        words: list[str | bytes] = [
            "APPEND",
            await self._wire_name(folder),
            _flag_list(flags),
            _internal_date(date),
            raw,
        ]
        reply = await self._connection.command(*words, seconds=seconds)
        told = (reply.code("APPENDUID") or "").split()
        return int(told[1]) if len(told) == 2 and told[1].isdecimal() else None

    async def idle(self, seconds: float) -> bool:
        """Wait in IDLE at most `seconds`; True as soon as the selected folder changed."""
        return bool(await self._connection.idle(seconds))

    async def create(self, folder: str) -> None:
        """CREATE a folder; one that is there is no error."""
        try:
            await self._connection.command("CREATE", await self._wire_name(folder))
        except ImapRefused as exc:
            if exc.facts.get("imap_code") != "ALREADYEXISTS":
                raise

    async def log_out(self) -> None:
        """LOGOUT and close; a server that is gone already is no error."""
        try:
            if not self.broken:
                await self._connection.command("LOGOUT", seconds=2)
        finally:
            await self._connection.aclose()

    def abort(self) -> None:
        """Drop the connection."""
        self._connection.abort()

    # -- inside

    async def _open(self, folder: str, *, read_only: bool) -> FolderStatus:
        self._selected, self._exists = None, 0
        reply = await self._about(folder, "EXAMINE" if read_only else "SELECT")
        if reply.code("UIDVALIDITY") is None:
            raise ImapRefused(f"The IMAP server opened {folder} and told nothing of it.", temporary=True, away=True)
        self._selected = (folder, read_only)
        self._exists = next((r.number or 0 for r in reversed(reply.of("EXISTS"))), 0)
        modseq, permanent = reply.code("HIGHESTMODSEQ"), reply.code("PERMANENTFLAGS")
        self._validity = number(reply.code("UIDVALIDITY"))
        return FolderStatus(
            uid_validity=self._validity,
            uid_next=number(reply.code("UIDNEXT") or "0") or None,
            exists=self._exists,
            highest_modseq=number(modseq) if modseq else None,
            permanent=None if permanent is None or read_only else frozenset(permanent.lower().strip("()").split()),
        )

    async def _list(self) -> dict[str, FolderInfo]:
        """LIST and remember by which names the server knows its folders."""
        if self._prefixes is None:
            able = "NAMESPACE" in self.capabilities
            told = (await self._connection.command("NAMESPACE")).of("NAMESPACE") if able else ()
            self._prefixes = personal_prefixes(told)
        ask = ["RETURN (SPECIAL-USE)"] if {"SPECIAL-USE", "LIST-EXTENDED"} <= self.capabilities else []
        reply = await self._connection.command("LIST", '""', '"*"', *ask)
        found = listed(reply.of("LIST"), self._prefixes)
        if not found:  # INBOX is always there
            raise ImapRefused("The IMAP server lists no folders.", temporary=True, away=True)
        self._wire = {info.name: wire for wire, info in found.items()}
        return found

    async def _wire_name(self, folder: str) -> str | bytes:
        """Return the name as the server knows it: a name that was stored oddly cannot be made from its readable form."""
        plain = folder.isascii() and "&" not in folder
        if not plain and folder not in self._wire:
            await self._list()
        return _astring(encode_folder(folder) if plain else self._wire.get(folder, encode_folder(folder)))

    async def _about(self, folder: str, command: str, *words: str) -> ServerReply:
        try:
            return await self._connection.command(command, await self._wire_name(folder), *words)
        except ImapRefused as exc:
            # Not every server has a code (RFC 5530) or words for a missing folder; INBOX is always there.
            missing = not exc.facts["imap_code"] and folder != INBOX and not self.broken and await self._lacks(folder)
            if not missing:
                raise
            raise FolderMissing(f"There is no folder {folder}.") from exc
        except FolderMissing as exc:
            if folder != INBOX:
                raise
            raise ImapRefused(exc.message, temporary=True, away=True, **exc.facts) from exc

    async def _lacks(self, folder: str) -> bool:
        """Return whether the server lists folders, and not this one."""
        try:
            names = {info.name for info in (await self._list()).values()}
        except ImapRefused:
            return False
        return bool(names) and folder not in names

    async def _withheld(self, uids: Sequence[int]) -> None:
        """Raise where the server has one of the messages and does not give it; return where they are gone.

        A server in trouble answers everything with OK and nothing, so its silence about them counts only where it speaks of
        others.
        """
        listed = set[int]()
        for start in range(0, len(uids), _BATCH):
            listed.update(await self.search(f"UID {uid_set(uids[start : start + _BATCH])}"))
        if there := sorted(listed & set(uids)):
            raise ImapRefused(f"The IMAP server lists message {there[0]} and gives no data of it.", temporary=True)
        if self._exists and not listed and not await self.search("ALL"):
            raise ImapRefused("The IMAP server gives no data of any message.", temporary=True, away=True)

    async def _fetch(self, uids: Sequence[int], items: str, **bounds: float | int) -> ServerReply:
        return await self._connection.command("UID", "FETCH", uid_set(uids), items, **bounds)  # type: ignore[arg-type]


def _astring(name: str) -> str | bytes:
    if any(ord(c) < 32 for c in name):
        raise InvalidQuery("A folder name has no control characters.")
    if not name.isascii():
        return name.encode("utf-8", "surrogateescape")
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _flag_list(flags: Sequence[str]) -> str:
    for flag in flags:
        if not flag or not flag.isascii() or any(c in '(){%*"] ' or ord(c) < 33 for c in flag) or "\\" in flag[1:]:
            raise InvalidQuery(f"{flag!r} is not an IMAP flag or keyword (RFC 9051 9).")
    return f"({' '.join(flags)})"


def _internal_date(date: datetime) -> str:
    utc = date.astimezone(UTC)
    return f'"{utc.day:02d}-{_MONTHS[utc.month - 1]}-{utc:%Y %H:%M:%S} +0000"'


def _read_date(token: Token) -> datetime | None:
    try:
        return datetime.strptime(words_of(token).strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _size(token: Token) -> int:
    """Read RFC822.SIZE; 0 where the server does not know it."""
    words = words_of(token) if token is not None else ""
    return int(words) if words.isdecimal() else 0


def _fetched(reply: ServerReply) -> list[dict[str, Token]]:
    return [pairs(response.data[0]) for response in reply.of("FETCH") if response.data]


def _message(facts: dict[str, Token]) -> FetchedMessage:
    flags = facts.get("FLAGS")
    return FetchedMessage(
        uid=number(facts["UID"]),
        size=number(facts["RFC822.SIZE"]),
        flags=frozenset(words_of(flag) for flag in flags) if isinstance(flags, tuple) else frozenset(),
        received=_read_date(facts.get("INTERNALDATE")),
    )


def _copied(reply: ServerReply, *, uidplus: bool) -> tuple[int, int] | None:
    told = reply.code("COPYUID")
    if told is None:
        if not uidplus:
            return None
        # RFC 6851 4.3: nothing was there to be moved, which is no error on the wire.
        raise NotFound("The message is not there any more.")
    words = told.split()
    return (int(words[0]), int(words[2])) if len(words) == 3 and words[0].isdecimal() and words[2].isdecimal() else None
