"""`OverseerAgent`: looks after agents and services, alerts, reports, and does what authorised mail commands ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

from pydantic import SecretStr

from glassdome.agents.alert_book import AlertBook
from glassdome.agents.command_inbox import CommandInbox
from glassdome.agents.commands.admit import SenderPolicy, read_senders
from glassdome.agents.commands.builtin import builtin_commands
from glassdome.agents.commands.codes import Codes
from glassdome.agents.commands.declare import CommandSet
from glassdome.agents.commands.handler import CommandHandler
from glassdome.agents.health import AgentHealth, MonitoredAgent, Probe
from glassdome.agents.hours import read_quiet_hours, read_schedule, read_zone
from glassdome.agents.mailcow_agent import MailcowAgent, OnMessage
from glassdome.agents.overseer_mailer import OverseerMailer
from glassdome.agents.report.figures import Kind, OverseerReport, gather
from glassdome.agents.report.write import write_report
from glassdome.agents.tasks import failure
from glassdome.core.clock import Clock, SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, GlassdomeError
from glassdome.core.log import get_logger
from glassdome.core.unexpected import wrap_unexpected
from glassdome.files.meaning import has_encoder
from glassdome.files.opening import open_files
from glassdome.mailbox.watch import ChangeWaiter
from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file, own_domains
from glassdome.pipeline.own_model import builtin_engine
from glassdome.pipeline.plugins import extended
from glassdome.pipeline.process import JudgeOptions, classify_read, warm_up
from glassdome.shapes.instants import rfc3339
from glassdome.store import Database
from glassdome.values.message import Message
from glassdome.values.verdict import Verdict

__all__ = ["OverseerAgent"]

_log = get_logger(__name__)
T = TypeVar("T")
#: Where a pause is kept, so that it outlives a restart.
_PAUSED: Final = "overseer_paused_until"
_KINDS: Final[tuple[Kind, ...]] = ("daily", "weekly")


class OverseerAgent:
    """Runs rounds: every agent polls its mailboxes, services are checked, alerts, reports and commands are done.

    The first `MailcowAgent` it is given reads and sends its mail. Own commands: `@overseer.commands.command(...)`.
    """

    def __init__(
        self,
        agent_id: str = "overseer",
        *,
        settings: Settings | None = None,
        commands: CommandSet | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Raises ConfigError for a setting that makes no sense; nothing is connected yet."""
        self.agent_id = agent_id
        self.commands = commands or builtin_commands()
        self.book = AlertBook()
        self._settings = settings = settings or Settings()
        self._clock = clock or SystemClock()
        self._zone = read_zone(settings.overseer_timezone)
        self._quiet = read_quiet_hours(settings.overseer_quiet_hours, self._zone)
        self._schedules = {
            "daily": read_schedule(settings.overseer_daily_at, self._zone),
            "weekly": read_schedule(settings.overseer_weekly_at, self._zone),
        }
        self._senders = read_senders(settings.command_senders)
        self._codes = Codes(settings.command_secret) if settings.command_secret else None
        self._health = AgentHealth(self.book)
        self._agents: list[MonitoredAgent] = []
        self._probes: dict[str, Probe] = {}
        self._callbacks: list[OnMessage] = []
        self._stopping = asyncio.Event()
        self._registered = False

    # -- what it looks after

    def add_monitored_agent(self, agent: MonitoredAgent) -> None:
        """Look after an agent from the next round on; adding it twice changes nothing."""
        if not isinstance(agent, MonitoredAgent):
            raise ConfigError("A monitored agent has an agent_id and monitor_all_mailboxes().")
        if agent not in self._agents:
            self._agents.append(agent)

    def add_probe(self, name: str, probe: Probe) -> None:
        """Ask a service in each round; the probe raises GlassdomeError when it does not work."""
        self._probes[name] = probe

    def on_message(self, callback: OnMessage) -> None:
        """Have `callback(mailbox, message)` called for each new message that an agent finds."""
        self._callbacks.append(callback)

    # -- rounds

    async def run(self) -> None:
        """Run rounds until `stop`: each after `overseer_interval` seconds, and at once when a command arrives."""
        self._stopping.clear()
        mail_agent = self._mail_agent
        if mail_agent is None:
            while not self._stopping.is_set():
                await self.round()
                await self._wait(self._stopping.wait())
            return
        async with ChangeWaiter(mail_agent.reader.watch) as bell:
            while not self._stopping.is_set():
                await self.round()
                await bell.follow([self._settings.overseer_mailbox] if self._settings.overseer_mailbox else [])
                await self._wait(self._stopping.wait(), bell.wait(self._settings.overseer_interval))

    def stop(self) -> None:
        """Ask `run` to end after the round it is in."""
        self._stopping.set()

    async def round(self) -> None:
        """Do one round; what fails is logged, reported as an incident, and stops nothing else, nor does what breaks."""
        paused = await self._guarded("pause", self._paused)
        if not paused:
            await self._guarded("mailboxes", self._look)
            await self._guarded("services", self._ask)
        await self._guarded("commands", self._handle_commands)
        if not paused:
            await self._guarded("alerts", self._tell)
            for kind in _KINDS:
                await self._guarded("report", partial(self._send_report_when_due, kind))

    async def look(self) -> str:
        """Check everything once without sending alerts, and return the state as text; raises GlassdomeError."""
        await self._look()
        await self._ask()
        return await self.status()

    async def _wait(self, *waits: Awaitable[Any]) -> None:
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        await asyncio.wait(tasks, timeout=self._settings.overseer_interval, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, what: str, work: Callable[[], Awaitable[T]]) -> T | None:
        key, now = f"overseer:{what}", self._clock.now()
        try:
            result = await wrap_unexpected(f"The part `{what}`", work)
        except GlassdomeError as exc:
            _log.warning("round_incomplete", part=what, code=exc.code, problem=exc.public_message)
            self.book.failed(key, f"The Overseer's {what} fail: {exc.public_message}", now=now, critical=True)
            return None
        self.book.works(key, now=now)
        return result

    async def _look(self) -> None:
        """Have every agent poll its mailboxes, and give new mail to the callbacks."""
        now = self._clock.now()
        results = await asyncio.gather(*map(_passed, self._agents))
        for agent, result in zip(self._agents, results, strict=True):
            self._health.passed(agent.agent_id, result, now=now)
        await self._give([new for result in results for new in _new_messages(result)])

    async def _give(self, messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Call every callback for every message; the first error is raised when all were called."""
        errors = []
        for mailbox, message in messages:
            _log.info("message_arrived", mailbox=mailbox, uid=message["id"])
            for callback in self._callbacks:
                try:
                    await wrap_unexpected("A callback of on_message", partial(callback, mailbox, message))
                except GlassdomeError as exc:
                    errors.append(exc)
        if errors:
            raise errors[0]

    async def _ask(self) -> None:
        """Ask the services and the queue whether they work."""
        now = self._clock.now()
        await self._health.probe(self._probes, now=now)
        if (stores := await self._stores()) is not None:
            await self._health.queue(stores.queue, now=now)

    # -- mail of its own

    @property
    def _mail_agent(self) -> MailcowAgent | None:
        return next((agent for agent in self._agents if isinstance(agent, MailcowAgent)), None)

    async def _stores(self) -> Database | None:
        return await self._mail_agent.memory.stores() if self._mail_agent is not None else None

    async def _mailer(self) -> OverseerMailer | None:
        """Return the way to send mail; None where no mailbox is set or no agent can send."""
        settings, mail_agent = self._settings, self._mail_agent
        if mail_agent is None or not settings.overseer_mailbox:
            return None
        if not self._registered and settings.overseer_password is not None:
            self._registered = await self._register(mail_agent, settings.overseer_mailbox, settings.overseer_password)
        return OverseerMailer(mail_agent, settings, clock=self._clock, zone=self._zone)

    async def _register(self, mail_agent: MailcowAgent, mailbox: str, password: SecretStr) -> bool:
        """Have the server check the password of the settings; while it does not, the one stored before stays."""
        try:
            await mail_agent.register(mailbox, password, "Overseer")
        except GlassdomeError as exc:
            if await (await mail_agent.memory.stores()).mailboxes.get(mailbox) is None:
                raise
            _log.warning("overseer_password_not_stored", code=exc.code, problem=exc.public_message)
            return False
        return True

    async def _handle_commands(self) -> None:
        mailer, agent = await self._mailer(), self._mail_agent
        if mailer is None or agent is None or not self._senders:
            return
        stores = await agent.memory.stores()
        settings = self._settings
        policy = SenderPolicy(
            mailbox=settings.overseer_mailbox,
            senders=self._senders,
            own_domain=settings.mailcow_domain or "",
            authserv_ids=settings.authserv_ids,
        )
        handler = CommandHandler(
            policy,
            self.commands,
            self,
            ledger=stores.commands,
            history=stores.history,
            answer=mailer.answer,
            clock=self._clock,
            codes=self._codes,
            always_code=settings.command_codes == "always",
            parse=agent.reader.parsed,
        )
        await CommandInbox(agent, settings.overseer_mailbox, clock=self._clock).poll(handler.handle)

    async def _tell(self) -> None:
        mailer, now = await self._mailer(), self._clock.now()
        notices = self.book.due(now, quiet=self._quiet is not None and self._quiet.hold(now))
        if not notices:
            return
        for notice in notices:
            state = "recovered" if notice.recovered_at else "not_working"
            _log.warning("trouble", key=notice.incident.key, state=state, text=notice.incident.text)
        if mailer is None or await mailer.alert(notices):
            self.book.mark_notified(notices, now=now)

    async def _send_report_when_due(self, kind: Kind) -> None:
        schedule, mailer = self._schedules[kind], await self._mailer()
        if schedule is None or mailer is None:
            return
        due = schedule.last(self._clock.now())
        if await mailer.report_is_due(kind, due):
            await mailer.send_report(kind, due, await self.report(kind))

    # -- what commands may ask (commands.declare.Overseen)

    async def status(self) -> str:
        """Return the present state as text."""
        now, paused = self._clock.now(), await self._paused()
        lines = [f"Overseer {self.agent_id}, {rfc3339(now)}"]
        if paused:
            lines.append(f"Paused until {rfc3339(paused)}.")
        for state in self._health.agents.values():
            told = (
                state.error
                or f"{state.mailboxes} mailbox{'' if state.mailboxes == 1 else 'es'}, {state.failing} failing"
            )
            lines.append(f"Agent {state.agent_id}: {told} (at {rfc3339(state.at)})")
        lines += [f"Service {name}: {problem or 'works'}" for name, problem in self._health.services.items()]
        if (stores := await self._stores()) is not None:
            depth = await stores.queue.depth(now=now)
            lines.append(f"Queue: {depth.pending} waiting, {depth.leased} in work, {depth.failed} failed")
        lines += ["Troubles:", *(f"  - {t.text} (since {rfc3339(t.since)})" for t in self.book.incidents)]
        return "\n".join(lines if self.book.incidents else [*lines, "  none"]) + "\n"

    async def report(self, kind: Kind) -> OverseerReport:
        """Return a report as of now; raises StoreUnavailable, and ConfigError where there is no database."""
        stores = await self._stores()
        if stores is None:
            raise ConfigError("A report needs a mail agent.", fix="Call add_monitored_agent first.")
        figures = await gather(
            kind,
            analyses=stores.analyses,
            queue=stores.queue,
            outbox=stores.outbox,
            now=self._clock.now(),
            incidents=self.book.incidents,
        )
        domain = self._settings.mailcow_domain or "glassdome.invalid"
        return await asyncio.to_thread(write_report, figures, zone=self._zone, domain=domain)

    async def analyze(self, raw: bytes) -> tuple[Message, Verdict]:
        """Return a message and the built-in engine's verdict on it; raises ParseError."""
        settings, ids = self._settings, self._settings.authserv_ids
        await warm_up()
        context = for_file(now=self._clock.now(), ours=own_domains(settings))
        async with open_files(settings) as files:
            options = JudgeOptions(
                builtin=await asyncio.to_thread(builtin_engine, settings),
                extended=await asyncio.to_thread(extended, settings),
                authserv_ids=ids,
                clock=self._clock,
                files=files,
                meaning=has_encoder(),
            )
            verdict = await classify_read(raw, context, options=options)
        return await asyncio.to_thread(parse_message, raw, authserv_ids=ids), verdict

    async def language_of(self, address: str) -> str:
        """Return the language that the owner of a mailbox reads, empty where none is known."""
        stores = await self._stores()
        return (await stores.preferences.get_preferences(address)).language if stores is not None else ""

    async def execute(self, task: dict[str, Any]) -> dict[str, Any]:
        """Have the mail agent do a task; raises its failure."""
        if self._mail_agent is None:
            raise ConfigError("There is no mail agent.", fix="Call add_monitored_agent first.")
        return await self._mail_agent.perform(task)

    async def pause(self, until: datetime) -> None:
        """Do nothing but answer commands until then, also after a restart."""
        await self._write_pause(rfc3339(until))

    async def resume(self) -> None:
        """Go on."""
        await self._write_pause(None)

    async def _write_pause(self, value: str | None) -> None:
        if (stores := await self._stores()) is not None:
            await stores.config.write_config({_PAUSED: value}, now=self._clock.now())

    async def _paused(self) -> datetime | None:
        stores = await self._stores()
        value = (await stores.config.read_config()).get(_PAUSED, "") if stores is not None else ""
        until = datetime.fromisoformat(value).astimezone(UTC) if value else None
        return until if until is not None and until > self._clock.now() else None


async def _passed(agent: MonitoredAgent) -> Mapping[str, Any]:
    try:
        return await wrap_unexpected(f"The agent {agent.agent_id}", agent.monitor_all_mailboxes)
    except GlassdomeError as exc:
        return failure(exc, mailboxes_checked=0, results={})


def _new_messages(result: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found: Mapping[str, Any] = result.get("results", {})
    return [(mailbox, message) for mailbox, one in found.items() for message in one.get("messages", [])]
