"""The API over a real SQLite store, with a mailbox of our own and a worker that answers when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from glassdome.act import Undoer
from glassdome.api.app import create_app
from glassdome.core.clock import Clock, FixedClock
from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError, ModelMissing, NotFound
from glassdome.desk.services import Services
from glassdome.ports.model import PullProgress
from glassdome.shapes.said import read_sentences
from glassdome.store import Database
from glassdome.values.action import Action, ActionState
from glassdome.values.analysis import Analysis
from glassdome.values.job import NewJob
from glassdome.values.message import Address
from glassdome.values.opinion import ActionItem, Reason, Usage
from glassdome.values.preferences import Preferences
from glassdome.values.refs import MessageRef
from glassdome.values.signal import Evidence, Outcome, SensitiveFinding, Signal
from glassdome.values.verdict import Label, Verdict

# No client here starts the application: what it reads then is read now, off the event loop.
read_sentences()

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
USER = "user@example.org"
OTHER = "other@example.net"
RW, RO, OWN = "write-key-of-tests", "read-key-of-tests", "domain-key-of-tests"
SECRET = "push-secret"
KEYS = f"{RW}:rw,{RO}:ro,{OWN}:rw:example.org"


def verdict(label: Label = Label.HAM, **changes: Any) -> Verdict:
    """Return a verdict of that label."""
    phish = label is Label.PHISH
    made = Verdict(
        label=label,
        is_phishing=phish,
        phishing_score=0.97 if phish else 0.02,
        spam_score=0.9 if label is Label.SPAM else 0.1,
        phishing_reasons=(
            (
                Reason(
                    signal="look_alike",
                    why="The domain\nlooks like another.",
                    evidence=(Evidence(where="link:0", quote="x"),),
                ),
            )
            if phish
            else ()
        ),
        summary="Asks for money.",
        categories=("invoice",),
        tags=("fee",),
        priority_score=7,
        sensitive=(SensitiveFinding(type="iban", start=0, end=4, masked="DE**"),) if phish else (),
        action_items=(ActionItem(text="Pay", evidence=Evidence(where="text", quote="pay"), due="Friday"),),
        auto_reply_suggestion=None,
        language="en",
        engine="builtin",
        model="",
        prompt_version="",
        usage=Usage(),
    )
    return replace(made, **changes)


def ref(uid: int, mailbox: str = USER, folder: str = "INBOX", uid_validity: int = 1) -> MessageRef:
    """Return a message's identity."""
    return MessageRef(mailbox=mailbox, folder=folder, uid_validity=uid_validity, uid=uid)


def analysis(of: MessageRef, label: Label = Label.HAM, *, at: datetime = NOW, **changes: Any) -> Analysis:
    """Return an analysis of that message."""
    made = Analysis(
        ref=of,
        message_id=f"{of.uid}@shop.example",
        thread_id=f"{of.uid}@shop.example",
        subject=f"Mail {of.uid} 😀",
        header_from=Address(name="Shop", addr="shop@shop.example"),
        date=NOW,
        content_hash=f"hash-{of.uid}",
        verdict=verdict(label),
        signals=(
            Signal(name="look_alike", outcome=Outcome.HIT, detail="looks alike"),
            Signal(name="links", outcome=Outcome.TEMP_ERROR, detail="crashed"),
            Signal(name="forms", outcome=Outcome.MISS),
        ),
        processing_time=0.25,
        analyzed_at=at,
        received_at=at,
    )
    return replace(made, **changes)


class Folders:
    """Answers which messages the mail server holds, and changes them unless there is an `error`."""

    def __init__(self) -> None:
        """Nothing is there."""
        self.held: set[MessageRef] = set()
        self.error: GlassdomeError | None = None

    async def resolve(self, mailbox: str, folder: str, uid: int) -> MessageRef:
        """Complete a UID."""
        found = [r for r in self.held if (r.mailbox, r.folder, r.uid) == (mailbox, folder, uid)]
        if not found:
            raise NotFound("There is no such message.")
        return found[0]

    async def find(self, mailbox: str, folder: str, message_id: str) -> MessageRef:
        """Find by Message-ID."""
        return await self.resolve(mailbox, folder, int(message_id.strip("<>").partition("@")[0]))

    async def fetch(self, ref: MessageRef, *, max_bytes: int) -> bytes:
        """Return a short mail."""
        self._must_hold(ref)
        return f"From: shop@shop.example\r\nSubject: Mail {ref.uid}\r\n\r\nWords of mail {ref.uid}.\r\n".encode()

    async def move(self, ref: MessageRef, folder: str) -> MessageRef:
        """Move what is there, to a UID above 1000."""
        self._must_hold(ref)
        there = replace(ref, folder=folder, uid=1000 + ref.uid)
        self.held = self.held - {ref} | {there}
        return there

    async def remove_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        """Take them off what is there."""
        self._must_hold(ref)

    def _must_hold(self, ref: MessageRef) -> None:
        if self.error is not None:
            raise self.error
        if ref not in self.held:
            raise NotFound("There is no such message.")


class Library:
    """A model server with one model and one that fails half-way."""

    async def installed(self) -> tuple[str, ...]:
        """List the models."""
        return ("llama3.2:3b",)

    async def pull(self, model: str) -> Any:
        """Yield two steps."""
        if model == "missing":
            raise ModelMissing("There is no such model.")
        yield PullProgress(status="pulling", completed=1, total=2)
        if model == "broken":
            raise ModelMissing("The download broke.")
        yield PullProgress(status="success", completed=2, total=2)


@dataclass
class Bench:
    """One application and everything around it."""

    database: Database
    settings: Settings
    clock: Clock = field(default_factory=lambda: FixedClock(NOW))
    folders: Folders = field(default_factory=Folders)
    rung: list[tuple[str, str]] = field(default_factory=list)
    verdict: Verdict = field(default_factory=verdict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    looked_round: asyncio.Event = field(default_factory=asyncio.Event)
    changes: dict[str, Any] = field(default_factory=dict)
    worker: asyncio.Task[None] | None = None

    async def _classify(self, raw: bytes) -> Verdict:
        return self.verdict

    def __post_init__(self) -> None:
        """Wire the application; `changes` replace fields of Services."""
        self.base = self.settings
        wired = Services(
            settings=lambda: self.settings,
            clock=self.clock,
            owners=self.database.owners,
            queue=self.database.queue,
            analyses=self.database.analyses,
            preferences=self.database.preferences,
            config=self.database.config,
            history=self.database.history,
            actions=self.database.actions,
            sessions=self.database.sessions,
            keys=self.database.api_keys,
            answer_rules=self.database.answer_rules,
            threads=self.database.threads,
            events=self.database.events,
            webhooks=self.database.webhooks,
            deliveries=self.database.deliveries,
            commands=self.database.commands,
            classify=self._classify,
            version="1.0",
            source=self.folders,  # type: ignore[arg-type]
            undoer=Undoer(
                self.database.actions,
                clock=self.clock,
                editor=self.folders,  # type: ignore[arg-type]
                source=self.folders,  # type: ignore[arg-type]
            ),
            models=Library(),
            wake=self.woken.set,
            rescan=self.looked_round.set,
            doorbell=lambda mailbox, folder: self.rung.append((mailbox, folder)),
            reload=self.reload,
        )
        self.services = replace(wired, **self.changes)
        self.app: FastAPI = create_app(self.services)

    async def reload(self) -> None:
        """Overlay the table, as bootstrap does."""
        table = await self.database.config.read_config()
        self.settings = await asyncio.to_thread(self.base.with_table, table)

    def set(self, **values: Any) -> None:
        """Change settings."""
        self.base = self.settings = self.base.model_copy(update=values)

    def client(self, key: str | None = RW, **headers: str) -> httpx.AsyncClient:
        """Return a client with that key."""
        given = headers if key is None else {"X-API-Key": key, **headers}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://api", headers=given)

    async def get(self, path: str, key: str | None = RO, **parameters: Any) -> httpx.Response:
        """Read a route."""
        async with self.client(key) as client:
            return await client.get(path, params=parameters or None)

    async def post(self, path: str, body: Any, key: str | None = RW, **parameters: Any) -> httpx.Response:
        """Write to a route."""
        async with self.client(key) as client:
            return await client.post(path, json=body, params=parameters)

    async def choose(self, *mailboxes: str) -> None:
        """Opt mailboxes in."""
        for mailbox in mailboxes:
            await self.database.preferences.set_preferences(Preferences(username=mailbox, chosen=True), now=NOW)

    async def store(self, *stored: Analysis, actions: Sequence[Action] = ()) -> None:
        """Store analyses the way a worker does."""
        for item in stored:
            await self.database.queue.enqueue([NewJob(ref=item.ref, force=True)], now=NOW)
            await self.work(item, actions)

    async def act(self, *acts: Action, at: datetime = NOW, moved_to: MessageRef | None = None) -> list[int]:
        """Note actions as done, as the performer does; return their ids."""
        await self.database.actions.plan(acts, now=at)
        ids = []
        for item in acts:
            await self.database.actions.finish(item, state=ActionState.DONE, now=at, moved_to=moved_to)
            ids += [known.id for known in await self.database.actions.of(item.ref) if known.action == item]
        return ids

    async def work(self, item: Analysis, actions: Sequence[Action] = ()) -> None:
        """Claim the one waiting job and complete it."""
        (job,) = await self.database.queue.claim("test", limit=1, lease=timedelta(minutes=1), now=self.clock.now())
        assert job.ref == item.ref
        assert await self.database.queue.complete(job, item, actions=actions, now=self.clock.now())

    async def fail(self, code: str, sentence: str) -> None:
        """Claim the one waiting job and fail it."""
        (job,) = await self.database.queue.claim("test", limit=1, lease=timedelta(minutes=1), now=self.clock.now())
        assert await self.database.queue.fail(job, code=code, sentence=sentence, now=self.clock.now())
