"""One mail at a time: admit it, read it, have it proven, run it once, answer at most once, write down each decision."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from glassdome.agents.commands.admit import Admission, SenderPolicy
from glassdome.agents.commands.codes import Codes, Proof
from glassdome.agents.commands.declare import Command, CommandContext, CommandSet, Overseen, Reply
from glassdome.agents.commands.read import CommandRequest, arguments_of, read_request
from glassdome.core.clock import Clock
from glassdome.core.errors import ActionForbidden, GlassdomeError, InputError, ParseError
from glassdome.core.log import get_logger
from glassdome.core.unexpected import wrap_unexpected
from glassdome.parse import parse_message
from glassdome.values.action import ActionState
from glassdome.values.agent import CommandRecord
from glassdome.values.message import Message
from glassdome.values.refs import MessageRef

if TYPE_CHECKING:
    from glassdome.store.commands import Commands
    from glassdome.store.history import History

__all__ = ["Answer", "CommandHandler", "CommandMail"]

_log = get_logger(__name__)
#: Wrong codes of one sender within an hour after which codes are refused: five of a million.
_WRONG_CODES: Final = 5
#: How long a command waits for its confirmation.
_CONFIRM_WITHIN: Final = timedelta(hours=24)
#: Commands looked back at; more in an hour, and the rate limit has stopped them.
_LOOK_BACK: Final = 300
#: Commands of one sender per hour; a person types fewer, a loop more.
_PER_HOUR: Final = 30
_WRONG: Final = "wrong_code"
#: Ends the record of a mail that anybody may have written. Such mails share limits of their own, so that forging them
#: locks out no sender whose mail our server vouches for.
_UNPROVEN: Final = " (unproven)"


@dataclass(frozen=True, kw_only=True)
class CommandMail:
    """A mail in the command mailbox; `received` is the server's INTERNALDATE."""

    ref: MessageRef
    raw: bytes = field(repr=False)
    received: datetime | None


Answer = Callable[[CommandMail, Message, Reply], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class _Case:
    """The facts of an admitted mail."""

    mail: CommandMail
    message: Message
    admission: Admission
    request: CommandRequest
    now: datetime

    @property
    def vouched_for(self) -> bool:
        """Our server says who wrote it, in a field that no one else can have written."""
        return self.admission.dmarc and self.admission.certain


class CommandHandler:
    """Handles the mail of one command mailbox; `answer` sends a reply and is called at most once per mail."""

    def __init__(
        self,
        policy: SenderPolicy,
        commands: CommandSet,
        overseer: Overseen,
        *,
        ledger: Commands,
        history: History,
        answer: Answer,
        clock: Clock,
        codes: Codes | None = None,
        always_code: bool = True,
        parse: Callable[..., Message] = parse_message,
    ) -> None:
        """Without `codes` nothing can be proven by more than DMARC; `always_code` wants one unless that is certain."""
        self._policy, self._commands, self._overseer = policy, commands, overseer
        self._ledger, self._history, self._answer, self._clock = ledger, history, answer, clock
        self._codes, self._always_code, self._parse = codes, always_code, parse

    async def handle(self, mail: CommandMail) -> str:
        """Handle one mail and return the decision's word, which is in the audit table too."""
        now = self._clock.now()
        try:
            message = await asyncio.to_thread(self._parse, mail.raw, authserv_ids=self._policy.authserv_ids)
            admission = self._policy.admit(message, received=mail.received, now=now)
            if admission.reason:
                return await self._decided(mail, admission.sender, admission.reason)
            request = read_request(message)
        except ParseError as exc:
            return await self._decided(mail, "", exc.code)
        except InputError:
            return await self._decided(mail, admission.sender, "unreadable_command")
        name = " ".join(request.words[:2]) or "confirm"
        record = CommandRecord(
            ref=mail.ref,
            message_id=message.message_id,
            sender=admission.sender,
            command=name[:100],
            created_at=now,
            updated_at=now,
        )
        if not await self._ledger.begin(record):
            return await self._decided(mail, admission.sender, "seen_before")
        return await self._settled(_Case(mail=mail, message=message, admission=admission, request=request, now=now))

    async def _settled(self, case: _Case) -> str:
        """Decide on a recorded command, close its record, and answer where the sender is proven."""
        decision, reply, state, proven = "", None, ActionState.FAILED, case.admission.dmarc
        sure = case.vouched_for
        try:
            recent = await self._recent(case)
            if len(recent) > _PER_HOUR:
                return await self._close(case, "too_many", state, sure=sure)
            found = await self._confirmed(case) if case.request.confirm else self._asked(case)
            proof = None if case.request.confirm else self._proof(case, recent)
            shown = bool(case.request.confirm) or proof is not None
            proven, sure = proven or shown, sure or shown
            decision, reply, state = await self._do(case, found, proof)
        except GlassdomeError as exc:
            decision, reply = str(exc.facts.get("decision", exc.code)), Reply(text=exc.public_message)
        detail = decision if state is not ActionState.PLANNED else self._pending(case)
        await self._close(case, decision, state, detail=detail, sure=sure)
        if proven and reply is not None and decision != "too_many":
            await self._answer(case.mail, case.message, reply)
        return decision

    # -- requests

    def _asked(self, case: _Case) -> tuple[Command, tuple[str, ...], bool]:
        found = self._commands.find(case.request.words)
        if found is None:
            raise _refused("unknown_command", "There is no such command. Write `help` for a list.")
        return (*found, False)

    async def _confirmed(self, case: _Case) -> tuple[Command, tuple[str, ...], bool]:
        """Return the command that the confirmation belongs to, and use the confirmation up."""
        waiting = await self._ledger.list(mailbox=case.mail.ref.mailbox, state=ActionState.PLANNED, limit=_LOOK_BACK)
        for record in waiting:
            if record.sender != case.admission.sender:
                continue
            if case.now - record.created_at > _CONFIRM_WITHIN or self._codes is None:
                continue
            held = json.loads(record.detail)
            wanted = self._codes.confirmation(record.sender, str(record.ref), held["line"], held["sha256"])
            if not hmac.compare_digest(wanted, case.request.confirm):
                continue
            if not await self._ledger.use_nonce(
                f"confirm:{wanted}", expires=case.now + 2 * _CONFIRM_WITHIN, now=case.now
            ):
                break
            await self._ledger.finish(record.ref, state=ActionState.DONE, detail="confirmed", now=case.now)
            found = self._commands.find(tuple(held["words"]))
            if found is not None:
                return (*found, True)
        raise _refused("wrong_confirmation", "There is nothing to confirm by that word, or it is too late.")

    # -- what proves it

    async def _recent(self, case: _Case) -> list[CommandRecord]:
        hour_ago = case.now - timedelta(hours=1)
        known = await self._ledger.list(mailbox=case.mail.ref.mailbox, limit=_LOOK_BACK)
        mine = [r for r in known if r.sender == case.admission.sender and r.created_at >= hour_ago]
        return [r for r in mine if r.detail.endswith(_UNPROVEN) is not case.vouched_for or not r.detail]

    def _proof(self, case: _Case, recent: list[CommandRecord]) -> Proof | None:
        if self._codes is None or not (case.request.code or case.request.signature):
            return None
        if case.request.code and sum(r.detail.removesuffix(_UNPROVEN) == _WRONG for r in recent) >= _WRONG_CODES:
            raise _refused("codes_locked", "Too many wrong codes; codes are refused for an hour.")
        proof = self._codes.check(case.admission.sender, case.request, case.now)
        if proof is None:
            raise _refused(_WRONG, "The code or signature is wrong or too old. Nothing was done.")
        return proof

    def _needs_code(self, case: _Case, command: Command) -> bool:
        admission = case.admission
        if not admission.dmarc or (command.changes and not case.request.dry_run):
            return True
        return self._always_code and not admission.certain

    # -- doing it

    async def _do(
        self, case: _Case, found: tuple[Command, tuple[str, ...], bool], proof: Proof | None
    ) -> tuple[str, Reply, ActionState]:
        command, words, confirmed = found
        if command.scope == "rw" and case.admission.scope != "rw":
            raise _refused("not_permitted", f"You may not use `{command.name}`.")
        if not confirmed and self._needs_code(case, command):
            await self._use(case, proof)
        arguments = arguments_of(command, words)
        if command.confirm and not confirmed and not case.request.dry_run:
            return "confirmation_asked", self._ask(case, command), ActionState.PLANNED
        context = CommandContext(
            sender=case.admission.sender,
            now=case.now,
            raw=case.mail.raw,
            overseer=self._overseer,
            commands=self._commands,
            dry_run=case.request.dry_run,
        )
        reply = await wrap_unexpected(f"The command `{command.name}`", partial(command.run, context, arguments))
        return ("dry_run" if case.request.dry_run else "done"), reply, ActionState.DONE

    async def _use(self, case: _Case, proof: Proof | None) -> None:
        if self._codes is None:
            raise _refused("no_codes", "This command needs a code, and none are set up (GLASSDOME_COMMAND_SECRET).")
        if proof is None:
            raise _refused("code_missing", "This command needs a line `code: 123456` with your one-time code.")
        if not await self._ledger.use_nonce(proof.nonce, expires=proof.expires, now=case.now):
            raise _refused("code_used", "That code was used before. Nothing was done; wait for the next one.")

    def _ask(self, case: _Case, command: Command) -> Reply:
        if self._codes is None:
            raise _refused("no_codes", "This command needs a confirmation, and GLASSDOME_COMMAND_SECRET is not set.")
        word = self._codes.confirmation(
            case.admission.sender, str(case.mail.ref), case.request.line, sha256(case.mail.raw).hexdigest()
        )
        return Reply(
            text=f"You asked for:\n\n    {case.request.line}\n\nThis is what `{command.name}` does: {command.about}\n"
            f"To have it done, answer within 24 hours with this line:\n\nconfirm {word}\n"
        )

    @staticmethod
    def _pending(case: _Case) -> str:
        held = {
            "line": case.request.line,
            "words": case.request.words,
            "sha256": sha256(case.mail.raw).hexdigest(),
        }
        return json.dumps(held)

    # -- writing it down

    async def _close(self, case: _Case, decision: str, state: ActionState, *, sure: bool, detail: str = "") -> str:
        known = (detail or decision) + ("" if sure or state is ActionState.PLANNED else _UNPROVEN)
        await self._ledger.finish(case.mail.ref, state=state, detail=known, now=self._clock.now())
        facts = {"dmarc": case.admission.dmarc, "certain": case.admission.certain, "scope": case.admission.scope}
        command = " ".join(case.request.words[:2])[:100]
        return await self._decided(case.mail, case.admission.sender, decision, command=command, **facts)

    async def _decided(self, mail: CommandMail, sender: str, decision: str, **facts: Any) -> str:
        _log.info("mail_command", decision=decision, ref=str(mail.ref))
        await self._history.audit(
            actor=sender or "unknown",
            action="mail_command",
            subject=str(mail.ref),
            facts={"decision": decision} | facts,
            now=self._clock.now(),
        )
        return decision


def _refused(decision: str, sentence: str) -> ActionForbidden:
    """Return the error of a command that is not run; `decision` is its word in the audit table."""
    return ActionForbidden(sentence, decision=decision)
