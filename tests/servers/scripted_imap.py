"""An IMAP server on loopback that keeps mail in memory and says what a test wants it to say, for servers that cannot be had."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.servers.certificates import Certificates

__all__ = ["Folder", "Mail", "ScriptedImap", "scripted"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BASIC = "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE"
RAW = (
    b"From: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: t\r\nMessage-ID: <m@example.org>\r\n\r\nHello\r\n"
)


@dataclass
class Mail:
    """One stored message."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    received: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def date(self) -> str:
        """INTERNALDATE as IMAP writes it."""
        return f'"{self.received.day:02d}-{_MONTHS[self.received.month - 1]}-{self.received:%Y %H:%M:%S} +0000"'


@dataclass
class Folder:
    """One folder; `name` is what stands on the wire."""

    name: str
    attributes: str = ""
    validity: int = 7
    mails: list[Mail] = field(default_factory=list)
    uid_next: int = 1

    def add(self, raw: bytes = RAW) -> Mail:
        """Store a message under the next UID."""
        self.mails.append(Mail(self.uid_next, raw))
        self.uid_next += 1
        return self.mails[-1]

    def within(self, uids: str) -> list[Mail]:
        """Return the messages of a UID set; `n:*` holds the last one even where n is above it."""
        top = self.mails[-1].uid if self.mails else 0
        found = set[int]()
        for part in uids.split(","):
            low, _, high = part.partition(":")
            ends = sorted(top if end == "*" else int(end) for end in (low, high or low))
            found.update(range(ends[0], ends[1] + 1))
        return [mail for mail in self.mails if mail.uid in found]


@dataclass
class _Line:
    """A scripted answer in place of the usual one, for a number of times."""

    pattern: re.Pattern[str]
    said: bytes
    times: int
    user: str


class ScriptedImap:
    """One server; every login is right. `script` changes its answers."""

    def __init__(self, context: ssl.SSLContext, *, starttls: bool) -> None:
        """`port` is known once it runs. Mailboxes are made when somebody logs in, with the folders of `layout` in them."""
        self.context, self.starttls = context, starttls
        self.port = 0
        self.host = "localhost"
        self.greeting = b"* OK ready"
        self.capabilities = BASIC
        self.delimiter = '"/"'
        self.layout: list[tuple[str, str]] = [("INBOX", ""), ("Sent", "\\Sent"), ("Junk", "\\Junk")]
        self.open_tells = "[UIDNEXT {next}]"
        self.status_tells = "MESSAGES {count} UIDNEXT {next} UIDVALIDITY {validity}"
        self.permanent = "\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*"
        self.heard: list[str] = []
        self.validity_moves = 0
        self.login_says = "OK logged in"
        self.logins, self.now_open, self.most_at_once = 0, 0, 0
        self.mailboxes: dict[str, list[Folder]] = {}
        self.changed: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.on_select: Callable[[], None] = lambda: None
        self._script: list[_Line] = []
        self._spoken = asyncio.Event()

    def script(self, pattern: str, said: bytes, *, times: int = 1_000_000, user: str = "") -> None:
        """Answer commands that match (`UID FETCH 2 ...`) with this; `TAG` is the command's tag."""
        self._script.append(_Line(re.compile(pattern, re.IGNORECASE), said, times, user))

    def unscript(self) -> None:
        """Go back to the usual answers."""
        self._script.clear()

    def folder(self, user: str, name: str = "INBOX") -> Folder:
        """Return a folder, made on first use."""
        if user not in self.mailboxes:
            self.mailboxes[user] = [Folder(name, attributes) for name, attributes in self.layout]
        for folder in self.mailboxes[user]:
            if folder.name == name:
                return folder
        raise KeyError(name)

    def deliver(self, user: str, raw: bytes = RAW, folder: str = "INBOX") -> Mail:
        """Store a message and let those in IDLE know."""
        mail = self.folder(user, folder).add(raw)
        self.changed[user].set()
        return mail

    def commands(self, pattern: str) -> list[str]:
        """Return what was heard that matches."""
        return [line for line in self.heard if re.search(pattern, line)]

    async def until(self, pattern: str, count: int = 1) -> None:
        """Wait until so many commands that match were heard."""
        while len(self.commands(pattern)) < count:
            self._spoken.clear()
            await self._spoken.wait()

    def hear(self, command: str) -> None:
        """Note a command."""
        self.heard.append(command)
        self._spoken.set()

    def scripted(self, command: str, user: str) -> bytes | None:
        """Return what the script says to a command."""
        for line in self._script:
            if line.times > 0 and line.user in ("", user) and line.pattern.match(command):
                line.times -= 1
                return line.said
        return None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; `now_open` counts those that are logged in, as servers' limits per account do."""
        talk = _Talk(self, reader, writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await talk.run()
        self.now_open -= bool(talk.user)
        writer.transport.abort()


class _Talk:
    """One connection."""

    def __init__(self, server: ScriptedImap, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.user, self.open, self.known = "", Folder(""), 0
        self.in_clear = server.starttls

    async def run(self) -> None:
        self.say(self.server.greeting)
        while line := await self.line():
            tag, _, command = line.partition(" ")
            self.server.hear(command)
            said = self.server.scripted(command, self.user or _who(command))
            if said is not None:
                self.writer.write(said.replace(b"TAG", tag.encode()))
                await self.writer.drain()
                if b"* BYE" in said or not said:
                    return
                continue
            words = command.split(" ", 2)
            name = "_".join(words[: 2 if words[0].upper() == "UID" else 1]).lower()
            rest = command[len(name) :].strip()
            if name == "logout":
                self.say(b"* BYE", f"{tag} OK")
                return
            answer = getattr(self, f"do_{name}", None)
            done = await answer(tag, rest) if answer else "BAD no such command"
            self.say(*([] if done == "-" else [f"{tag} {done or 'OK done'}"]))
            await self.writer.drain()

    def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self.writer.write((line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape")) + b"\r\n")

    async def line(self) -> str:
        """Read a command with its literals."""
        text = (await self.reader.readline()).decode("utf-8", "surrogateescape")
        while found := re.search(r"\{(\d+)\}\r\n$", text):
            self.say("+ go on")
            literal = (await self.reader.readexactly(int(found[1]))).decode("utf-8", "surrogateescape")
            rest = (await self.reader.readline()).decode("utf-8", "surrogateescape")
            text = f"{text[: found.start()]}{literal if len(literal) > 300 else _quoted(literal)}{rest}"
        return text.rstrip("\r\n")

    def named(self, rest: str) -> Folder | None:
        name = _unquoted(rest)
        try:
            return self.server.folder(self.user, "INBOX" if name.upper() == "INBOX" else name)
        except KeyError:
            return None

    # -- commands

    async def do_capability(self, tag: str, rest: str) -> str:
        able = "IMAP4rev1 STARTTLS LOGINDISABLED" if self.in_clear else self.server.capabilities
        self.say(f"* CAPABILITY {able}")
        return ""

    async def do_starttls(self, tag: str, rest: str) -> str:
        self.say(f"{tag} OK begin")
        await self.writer.start_tls(self.server.context)
        self.in_clear = False
        return "-"

    async def do_authenticate(self, tag: str, rest: str) -> str:
        secret = rest.partition(" ")[2]
        if not secret:
            self.say("+ ")
            secret = (await self.reader.readline()).decode().strip()
        return self.entered(base64.b64decode(secret).decode().split("\0")[1])

    async def do_login(self, tag: str, rest: str) -> str:
        return self.entered(_unquoted(rest.partition(" ")[0]))

    def entered(self, user: str) -> str:
        self.user = user
        self.server.logins += 1
        self.server.now_open += 1
        self.server.most_at_once = max(self.server.most_at_once, self.server.now_open)
        return self.server.login_says

    async def do_namespace(self, tag: str, rest: str) -> str:
        self.say(f'* NAMESPACE (("" {self.server.delimiter})) NIL NIL')
        return ""

    async def do_list(self, tag: str, rest: str) -> str:
        self.server.folder(self.user)
        for folder in self.server.mailboxes[self.user]:
            name = _quoted(folder.name).encode("utf-8", "surrogateescape")
            self.say(f"* LIST ({folder.attributes}) {self.server.delimiter} ".encode() + name)
        return ""

    async def do_status(self, tag: str, rest: str) -> str:
        folder = self.named(rest.rpartition(" (")[0])
        if folder is None:
            return "NO [NONEXISTENT] no such mailbox"
        self.say(f"* STATUS {_quoted(folder.name)} ({self.tell(self.server.status_tells, folder)})")
        return ""

    async def do_examine(self, tag: str, rest: str) -> str:
        return self.opened(rest, "")

    async def do_select(self, tag: str, rest: str) -> str:
        self.server.on_select()
        return self.opened(rest, f"[PERMANENTFLAGS ({self.server.permanent})]")

    def opened(self, rest: str, flags: str) -> str:
        folder = self.named(rest)
        if folder is None:
            return "NO [NONEXISTENT] no such mailbox"
        folder.validity += self.server.validity_moves
        self.open, self.known = folder, len(folder.mails)
        self.say(f"* {self.known} EXISTS", f"* OK [UIDVALIDITY {folder.validity}] ok")
        for told in filter(None, (self.tell(self.server.open_tells, folder), flags)):
            self.say(f"* OK {told} ok")
        return ""

    @staticmethod
    def tell(form: str, folder: Folder) -> str:
        return form.format(next=folder.uid_next, count=len(folder.mails), validity=folder.validity)

    async def do_noop(self, tag: str, rest: str) -> str:
        if len(self.open.mails) != self.known:
            self.known = len(self.open.mails)
            self.say(f"* {self.known} EXISTS")
        return ""

    async def do_close(self, tag: str, rest: str) -> str:
        self.open = Folder("")
        return ""

    async def do_idle(self, tag: str, rest: str) -> str:
        self.say("+ idling")
        done = asyncio.ensure_future(self.reader.readline())
        try:
            while not done.done():
                changed = asyncio.ensure_future(self.server.changed[self.user].wait())
                await asyncio.wait({done, changed}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                if not done.done():
                    self.server.changed[self.user].clear()
                    await self.do_noop(tag, "")
        finally:
            done.cancel()
        return ""

    async def do_uid_search(self, tag: str, rest: str) -> str:
        found = self.open.mails
        if header := re.search(r'HEADER Message-ID ("(?:[^"\\]|\\.)*")', rest):
            wanted = _unquoted(header[1]).encode()
            found = [mail for mail in found if wanted in mail.raw.partition(b"\r\n\r\n")[0]]
        if uids := re.search(r"\bUID ([\d:,*]+)", rest):
            found = [mail for mail in found if mail in self.open.within(uids[1])]
        for word, flag, there in (
            ("DELETED", "\\Deleted", True),
            ("SEEN", "\\Seen", True),
            ("UNSEEN", "\\Seen", False),
        ):
            if word in rest.split():
                found = [mail for mail in found if (flag in mail.flags) is there]
        self.say(" ".join(["* SEARCH", *(str(mail.uid) for mail in found)]))
        return ""

    async def do_uid_fetch(self, tag: str, rest: str) -> str:
        uids, _, items = rest.partition(" ")
        for mail in self.open.within(uids):
            told = [f"UID {mail.uid}"]
            told += [f"RFC822.SIZE {len(mail.raw)}"] if "RFC822.SIZE" in items else []
            told += [f"FLAGS ({' '.join(sorted(mail.flags))})"] if "FLAGS" in items else []
            told += [f"INTERNALDATE {mail.date}"] if "INTERNALDATE" in items else []
            line = f"* {self.open.mails.index(mail) + 1} FETCH ({' '.join(told)}".encode()
            if "BODY.PEEK[]" in items:
                line += f" BODY[] {{{len(mail.raw)}}}\r\n".encode() + mail.raw
            elif "BODY.PEEK[HEADER]" in items:
                head = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                line += f" BODY[HEADER]<0> {{{len(head)}}}\r\n".encode() + head
            self.say(line + b")")
        return ""

    async def do_uid_store(self, tag: str, rest: str) -> str:
        uids, change, flags = rest.split(" ", 2)
        for mail in self.open.within(uids):
            words = set(flags.strip("()").split())
            mail.flags = mail.flags | words if change.startswith("+") else mail.flags - words
        return ""

    async def do_uid_copy(self, tag: str, rest: str) -> str:
        uids, _, name = rest.partition(" ")
        target = self.named(name)
        if target is None:
            return "NO [TRYCREATE] no such mailbox"
        pairs = [(mail.uid, target.add(mail.raw).uid) for mail in self.open.within(uids)]
        told = ",".join(str(old) for old, _ in pairs), ",".join(str(new) for _, new in pairs)
        return (
            f"OK [COPYUID {target.validity} {told[0]} {told[1]}] done" if "UIDPLUS" in self.server.capabilities else ""
        )

    async def do_uid_expunge(self, tag: str, rest: str) -> str:
        for mail in self.open.within(rest):
            if "\\Deleted" in mail.flags:
                self.open.mails.remove(mail)
        self.known = len(self.open.mails)
        return ""

    async def do_uid_move(self, tag: str, rest: str) -> str:
        moved = self.open.within(rest.partition(" ")[0])
        done = await self.do_uid_copy(tag, rest)
        if not done.startswith("NO"):
            for mail in moved:
                self.open.mails.remove(mail)
            self.known = len(self.open.mails)
        return done

    async def do_append(self, tag: str, rest: str) -> str:
        name = re.match(r'"[^"]*"|\S+', rest)
        assert name is not None
        folder = self.named(name[0])
        if folder is None:
            return "NO [TRYCREATE] no such mailbox"
        folder.add(rest.partition('+0000" ')[2].encode("utf-8", "surrogateescape"))
        return ""


def _who(command: str) -> str:
    """Return whom a login in one line names."""
    found = re.fullmatch(r"AUTHENTICATE PLAIN (\S+)", command)
    return base64.b64decode(found[1]).decode().split("\0")[1] if found else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(text: str) -> str:
    text = text.strip()
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


@contextlib.asynccontextmanager
async def scripted(certificates: Certificates, *, starttls: bool = False) -> AsyncIterator[ScriptedImap]:
    """Run one, by implicit TLS or STARTTLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.certificate, certificates.key)
    made = ScriptedImap(context, starttls=starttls)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=None if starttls else context)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
