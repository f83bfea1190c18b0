"""`MailcowAgent`: the first seed's agent. Tasks in, results out; it never raises for a bad task or a dead server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, Self

from pydantic import SecretStr

from glassdome.agents.handing_out import HandedOut
from glassdome.agents.monitoring import Monitor
from glassdome.agents.sending import Mailer, SendPolicy
from glassdome.agents.stores import AgentStores, RegisteredLogins
from glassdome.agents.tasks import (
    ACTIONS,
    CreateMailbox,
    DeleteMailbox,
    FetchMessage,
    ListMailboxes,
    MarkMessage,
    MonitorMailbox,
    MoveMessage,
    SendEmail,
    Task,
    failure,
    must_be_writable,
    read_task,
)
from glassdome.core.clock import Clock, SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, GlassdomeError
from glassdome.core.log import get_logger
from glassdome.core.secrets import reveal
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.integrations.tls import tls_policy
from glassdome.mailbox.reader import MailboxReader, ParsedMail
from glassdome.mailbox.watch import ChangeWaiter
from glassdome.shapes.analysis import analysis_shape
from glassdome.values.credentials import Credentials
from glassdome.values.refs import INBOX

__all__ = ["MailcowAgent"]

_log = get_logger(__name__)
Result = dict[str, Any]
OnMessage = Callable[[str, dict[str, Any]], Awaitable[None]]

#: Seconds of the longest pause after failing polls of continuous monitoring.
_LONGEST_PAUSE: Final = 300.0


class MailcowAgent:
    """Creates, watches and deletes mailboxes, and sends mail. An async context manager; survives several event loops."""

    def __init__(
        self,
        agent_id: str,
        api_url: str | None = None,
        api_uid: str | None = None,
        api_pw: SecretStr | str | None = None,
        domain: str | None = None,
        *,
        api_key: SecretStr | str | None = None,
        settings: Settings | None = None,
        client: MailcowClient | None = None,
        memory: AgentStores | None = None,
        policy: SendPolicy | None = None,
        clock: Clock | None = None,
        reader: MailboxReader | None = None,
    ) -> None:
        """The first five are the seed's. `api_key`, else MAILCOW_API_KEY of the settings, comes before uid and password.

        Hosts, ports, certificates and the database are those of `settings` (default: the environment's). Without
        `api_url` mail of any IMAP server is read and sent; creating, listing and deleting mailboxes needs a mailcow.
        `reader` is that of a processor in the same process: its connections and fetched mail serve both.
        Raises ConfigError; nothing is connected yet.
        """
        settings = settings or Settings()
        self.agent_id, self.domain = agent_id, domain or settings.mailcow_domain
        self._clock = clock or SystemClock()
        parsed = reader.parsed if reader is not None else ParsedMail()
        self._client = client or MailcowClient(
            api_url,
            api_uid,
            api_pw,
            self.domain,
            api_key=api_key or settings.mailcow_api_key,
            imap_host=settings.mailcow_imap_host,
            imap_port=settings.imap_port,
            imap_tls=settings.imap_tls,
            imap_connections=settings.imap_connections,
            smtp_host=settings.mailcow_smtp_host,
            smtp_port=settings.smtp_port,
            smtp_tls=settings.smtp_tls,
            tls=tls_policy(settings),
            clock=self._clock,
            sessions=reader.sessions if reader is not None else None,
            parse=partial(parsed, authserv_ids=settings.authserv_ids),
        )
        self.reader = reader or MailboxReader(self._client.sessions, clock=self._clock, parsed=parsed)
        self._memory = memory or AgentStores(settings)
        self._logins = RegisteredLogins(self._memory)
        if reader is None:
            self._client.sessions.logins = self._logins
        policy = policy or SendPolicy(per_hour=settings.send_per_hour, hold_back_sensitive=not settings.send_sensitive)
        self._mailer = Mailer(self._client, self._memory, clock=self._clock, policy=policy)
        self._monitor = Monitor(self._client, self._memory, self.reader.unread_first, clock=self._clock)
        self._handed_out = HandedOut(self._memory, clock=self._clock)
        self._actions: dict[type[Task], Callable[[Any], Awaitable[Result]]] = {
            CreateMailbox: self._create,
            MonitorMailbox: self._read,
            SendEmail: self.send,
            ListMailboxes: self._list,
            DeleteMailbox: self._delete,
            FetchMessage: self._fetch,
            MarkMessage: self._mark,
            MoveMessage: self._move,
        }

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        agent_id: str = "mailcow-agent",
        clock: Clock | None = None,
        reader: MailboxReader | None = None,
    ) -> Self:
        """Return the agent that the settings describe; raises ConfigError."""
        if not settings.imap_host and not settings.smtp_host:
            raise ConfigError(
                "No mail server is set.", fix="Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL for a mailcow."
            )
        uid, password = settings.mail_api_uid, settings.mail_api_pw
        return cls(agent_id, settings.mailcow_api_url, uid, password, settings=settings, clock=clock, reader=reader)

    @property
    def client(self) -> MailcowClient:
        """The client, for calls that have no action."""
        return self._client

    @property
    def memory(self) -> AgentStores:
        """The stores behind the agent."""
        return self._memory

    async def execute(self, task: Mapping[str, Any]) -> Result:
        """Do one task; every failure is a result with `error` and `code`."""
        try:
            return await self.perform(task)
        except GlassdomeError as exc:
            named = str(task.get("action", "")) if isinstance(task, Mapping) else ""
            # Only a name of ours is known to be fit for a log.
            action = named if named in ACTIONS else ""
            _log.warning("task_failed", agent=self.agent_id, action=action, code=exc.code, problem=exc.public_message)
            return failure(exc)

    async def perform(self, task: Mapping[str, Any]) -> Result:
        """Do one task as `execute` does, for callers that want its failure raised as GlassdomeError."""
        wanted = read_task(task)
        return await self._actions[type(wanted)](wanted)

    async def register(self, mailbox: str, password: SecretStr, name: str = "", *, login: str = "") -> None:
        """Log in to a mailbox that exists already, then have it monitored and sent from; raises LoginRefused.

        `login` is the name to log in with where it is not the address. A password that the server did not take is
        not stored.
        """
        proved = Credentials(user=login or mailbox, password=password)
        async with self._client.session(mailbox, proved, fresh=True):
            pass
        await self._remember(mailbox, proved, name)

    async def forget(self, mailbox: str) -> bool:
        """Monitor a mailbox no more and drop its password; return whether it was registered."""
        self._monitor.forget(mailbox)
        return await (await self._memory.stores()).mailboxes.forget(mailbox)

    async def _remember(self, mailbox: str, login: Credentials, name: str = "") -> None:
        registry, user = (await self._memory.stores()).mailboxes, "" if login.user == mailbox else login.user
        await registry.add(mailbox, login.password, now=self._clock.now(), name=name, login=user)

    async def monitor_all_mailboxes(self, *, with_analysis: bool = False) -> Result:
        """Poll every registered mailbox: first its unread mail, later the mail since the last poll.

        `with_analysis` gives each message its `analysis`, None where the processor has none yet.
        """
        try:
            result = await self._monitor.poll_all()
            if with_analysis:
                for mailbox, found in result["results"].items():
                    await self._add_analyses(mailbox, INBOX, found.get("messages", []))
        except GlassdomeError as exc:
            return failure(exc, mailboxes_checked=0, results={})
        return result

    async def acknowledge(self) -> None:
        """Say that the messages of the last poll were taken; the next poll says so by itself. Raises StoreError."""
        await self._monitor.settle(await self._memory.stores())

    async def messages(
        self, *, interval: float = 60.0, idle: bool = True, with_analysis: bool = False
    ) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Yield (mailbox, message) for ever.

        A poll is made every `interval` seconds, and with `idle` as soon as a server reports a change; later and later
        while the database or every mailbox fails.
        """
        pause = interval
        async with ChangeWaiter(self.reader.watch) as bell:
            while True:
                result = await self.monitor_all_mailboxes(with_analysis=with_analysis)
                for mailbox, found in result["results"].items():
                    for message in found["messages"]:
                        yield mailbox, message
                fine = result["success"] and (
                    not result["results"] or any(r["success"] for r in result["results"].values())
                )
                pause = interval if fine else min(_LONGEST_PAUSE, pause * 2)
                await bell.follow([m for m, r in result["results"].items() if r["success"]] if idle else [])
                await bell.wait(pause)

    async def watch(self, on_message: OnMessage, **how: Any) -> None:
        """Call `on_message(mailbox, message)` for each new message, for ever; `how` is that of `messages`.

        An exception of the callback ends the watch, and the messages of that poll are given again by the next one.
        """
        async for mailbox, message in self.messages(**how):
            await on_message(mailbox, message)

    # -- the seed's actions

    async def _create(self, task: CreateMailbox) -> Result:
        details = await self._client.create_mailbox(
            task.local_part, task.password, task.name, task.quota_mb, domain=task.domain, tags=task.tags
        )
        mailbox = str(details["username"])
        await self._remember(mailbox, Credentials(user=mailbox, password=task.password), task.name)
        return {"success": True, "mailbox": mailbox, "details": details}

    async def _read(self, task: MonitorMailbox) -> Result:
        login = await self._login(task.mailbox, task.password, task.login)
        once = task.hands_out_once
        messages = await self._client.get_mailbox_messages(
            task.mailbox,
            login,
            task.folder,
            task.unread_only,
            since=task.since,
            limit=task.limit,
            mark_seen=task.mark_seen,
            fresh=task.password is not None,
            after=await self._handed_out.cursor(task.mailbox, task.folder) if once else None,
        )
        if task.password is not None:
            await self._remember(task.mailbox, login)
        if once:
            messages = await self._handed_out.take(task.mailbox, task.folder, messages)
        if task.with_analysis:
            await self._add_analyses(task.mailbox, task.folder, messages)
        return {"success": True, "mailbox": task.mailbox, "count": len(messages), "messages": messages}

    async def send(self, task: SendEmail) -> Result:
        """Send a mail; raises GlassdomeError."""
        must_be_writable(dict(task))
        return await self._mailer.send(task, await self._login(task.mailbox, task.password, task.login))

    async def _list(self, task: ListMailboxes) -> Result:
        rows = await self._client.list_mailboxes(task.domain, tags=task.tags)
        return {"success": True, "count": len(rows), "mailboxes": rows}

    async def _delete(self, task: DeleteMailbox) -> Result:
        warnings = await self._client.delete_mailbox(task.mailbox)
        await self.forget(task.mailbox)
        return {"success": True, "mailbox": task.mailbox, **({"warnings": list(warnings)} if warnings else {})}

    # -- one message

    async def _fetch(self, task: FetchMessage) -> Result:
        login = await self._login(task.mailbox, task.password, task.login)
        found = await self._client.fetch_message(
            task.mailbox, login, task.id, task.folder, uid_validity=task.uid_validity
        )
        return {"success": True, "mailbox": task.mailbox, "message": found}

    async def _mark(self, task: MarkMessage) -> Result:
        login = await self._login(task.mailbox, task.password, task.login)
        add, remove = task.changes()
        flags = await self._client.mark_message(
            task.mailbox, login, task.id, task.folder, add=add, remove=remove, uid_validity=task.uid_validity
        )
        return {"success": True, "mailbox": task.mailbox, "id": str(task.id), "flags": flags}

    async def _move(self, task: MoveMessage) -> Result:
        login = await self._login(task.mailbox, task.password, task.login)
        there = await self._client.move_message(
            task.mailbox, login, task.id, task.to, task.folder, uid_validity=task.uid_validity
        )
        moved = {"uid_validity": there[0], "id": str(there[1])} if there else {}
        return {"success": True, "mailbox": task.mailbox, "folder": task.to, **moved}

    # -- inside

    async def _login(self, mailbox: str, given: SecretStr | None, name: str) -> Credentials:
        """Return the login given with a task, completed by the registered one."""
        if given is None or not reveal(given):
            return await self._logins.login_for(mailbox)
        registered = await (await self._memory.stores()).mailboxes.get(mailbox)
        user = name or (registered.login if registered is not None else "")
        return Credentials(user=user or mailbox, password=given)

    async def _add_analyses(self, mailbox: str, folder: str, messages: list[dict[str, Any]]) -> None:
        """Give each message the analysis that the processor stored, None where there is none yet."""
        analyses = (await self._memory.stores()).analyses
        for message in messages:
            found = await analyses.find(mailbox, folder, int(message["id"]))
            current = found is not None and found.ref.uid_validity == message.get("uid_validity")
            message["analysis"] = analysis_shape(found) if found is not None and current else None

    # -- life

    async def __aenter__(self) -> Self:
        """Return the agent."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection; the agent may be used again."""
        await asyncio.gather(self._client.aclose(), self._memory.aclose())
