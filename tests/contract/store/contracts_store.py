"""The contract of every store, apart from the queue; a subclass gives the `database` fixture."""

from __future__ import annotations

from datetime import timedelta

from pydantic import SecretStr

from glassdome.ports.store import AnalysisQuery
from glassdome.store import Database
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.agent import CommandRecord, OutboxEntry, OutboxState
from glassdome.values.analysis import Analysis
from glassdome.values.context import Habit, SenderHistory
from glassdome.values.feedback import Feedback
from glassdome.values.preferences import EngineAccess, Preferences
from glassdome.values.refs import Cursor, MessageRef
from glassdome.values.signal import Outcome, Signal
from glassdome.values.verdict import Label
from tests.samples import NOON, a_message, a_ref, a_verdict, an_analysis, jobs

__all__ = ["StoreContract", "analysed"]

_HOUR = timedelta(hours=1)


async def analysed(database: Database, *analyses: Analysis, actions: tuple[Action, ...] = ()) -> None:
    """Bring analyses in by the queue, as a worker does."""
    for item in analyses:
        (wanted,) = jobs(item.ref.uid)
        await database.queue.enqueue([type(wanted)(ref=item.ref, force=True)], now=NOON)
        (job,) = await database.queue.claim("w", limit=1, lease=_HOUR, now=NOON)
        await database.queue.complete(job, item, actions=actions, now=NOON, history=a_message(item.header_from.addr))


class StoreContract:
    """Run on each database."""

    async def test_an_analysis_comes_back_whole(self, database: Database) -> None:
        """Every field survives, four-byte characters too; lone surrogates become U+FFFD instead of failing."""
        stored = an_analysis(subject="😀 Grüße", verdict=a_verdict(summary="bad \ud800 text"))
        await analysed(database, stored)
        found = await database.analyses.get(stored.ref)
        assert found == an_analysis(subject="😀 Grüße", verdict=a_verdict(summary="bad ? text"))

    async def test_only_telling_signals_are_kept(self, database: Database) -> None:
        """Signals that were not found are not stored: they would be nine tenths of the database."""
        outcomes = [Signal(name=str(outcome), outcome=outcome) for outcome in Outcome]
        await analysed(database, an_analysis(signals=tuple(outcomes)))
        found = await database.analyses.get(a_ref())
        assert found is not None
        assert [signal.name for signal in found.signals] == ["hit", "temp_error", "perm_error"]

    async def test_a_rebuilt_folder_names_nothing_old(self, database: Database) -> None:
        """A UID is looked up under the newest UIDVALIDITY known; what it named before is another message."""
        await analysed(database, an_analysis(a_ref(5)))
        assert await database.analyses.find("ann@example.org", "INBOX", 5) == an_analysis(a_ref(5))
        await database.cursors.set_cursor("ann@example.org", "INBOX", Cursor(uid_validity=8, last_uid=9), now=NOON)
        assert await database.analyses.find("ann@example.org", "INBOX", 5) is None

    async def test_repeats_are_found_by_content(self, database: Database) -> None:
        """Same content, engine, model and prompt; never a degraded one."""
        good = an_analysis(a_ref(1), content_hash="aa")
        await analysed(database, good, an_analysis(a_ref(2), content_hash="bb", verdict=a_verdict(degraded=True)))
        same = {"engine": "ollama", "model": "small:1b", "prompt_version": "reading-1"}
        assert await database.analyses.by_content("aa", **same) == good
        assert await database.analyses.by_content("bb", **same) is None
        assert await database.analyses.by_content("aa", **(same | {"model": "other"})) is None
        assert await database.analyses.by_message_id("ann@example.org", "<1@example.com>") == good

    async def test_erasing_a_mailbox_leaves_nothing_of_it(self, database: Database) -> None:
        """Analyses, jobs, actions, history and totals go; another mailbox keeps its own."""
        action = Action(ref=a_ref(1), kind=ActionKind.MOVE, argument="\\Junk")
        other = a_ref(1, mailbox="eve@other.example")
        await analysed(database, an_analysis(a_ref(1)), actions=(action,))
        await analysed(database, an_analysis(other))
        await database.queue.enqueue(jobs(2), now=NOON)
        assert await database.analyses.delete(AnalysisQuery(mailbox="ann@example.org")) == 1
        assert await database.queue.jobs(mailbox="ann@example.org") == ()
        assert await database.actions.of(a_ref(1)) == ()
        assert await database.history.sender_history("ann@example.org", "bob@example.com") == SenderHistory()
        assert (await database.analyses.statistics(AnalysisQuery())).total == 1

    async def test_erasing_a_person(self, database: Database) -> None:
        """Mail from an address goes in every mailbox a key may see, with what was learned of it there."""
        await analysed(database, an_analysis(a_ref(1)), an_analysis(a_ref(1, mailbox="eve@other.example")))
        command = CommandRecord(
            ref=a_ref(9),
            message_id="<c@d>",
            sender="Bob@example.com",
            command="status",
            created_at=NOON,
            updated_at=NOON,
        )
        await database.commands.begin(command)
        erased = await database.analyses.delete(AnalysisQuery(person="bob@example.com", domains=("example.org",)))
        assert (erased, await database.commands.list()) == (1, ())
        assert (await database.history.sender_history("eve@other.example", "bob@example.com")).seen == 1
        assert (await database.history.sender_history("ann@example.org", "bob@example.com")).seen == 0

    async def test_history_learns(self, database: Database) -> None:
        """An address that the owner answers is a contact; junk is counted against its author, once per message."""
        mine = an_analysis(a_ref(1))
        (wanted,) = jobs(1)
        await database.queue.enqueue([wanted], now=NOON)
        (job,) = await database.queue.claim("w", limit=1, lease=_HOUR, now=NOON)
        sent = a_message("ann@example.org", to=("Carl@Example.net",))
        await database.queue.complete(job, mine, actions=[], now=NOON, history=sent)
        assert await database.history.contacts("ann@example.org") == {"carl@example.net"}
        for label in (Label.PHISH, Label.SPAM):
            correction = Feedback(ref=mine.ref, label=label, actor="ann@example.org")
            await database.history.record_feedback(correction, now=NOON)
        assert await database.feedback.get(mine.ref) == correction
        assert (await database.history.sender_history("ann@example.org", "bob@example.com")).junked == 1

    async def test_habits_move_with_their_cursor(self, database: Database) -> None:
        """An owner's habits are added once: a second writer with the same cursor stores nothing."""
        habits = {"Bob@example.com": Habit(opened=2, replied=1), "carl@example.net": Habit(replied=3)}
        after, later = Cursor(uid_validity=7, last_uid=5), Cursor(uid_validity=7, last_uid=9)

        async def add(before: Cursor | None, to: Cursor) -> bool:
            return await database.history.observed(
                "ann@example.org", habits, key="//habits/INBOX", before=before, after=to, now=NOON
            )

        assert [await add(None, after), await add(None, after), await add(after, later)] == [True, False, True]
        bob = await database.history.sender_history("ann@example.org", "bob@example.com")
        assert (bob.seen, bob.opened, bob.replied) == (0, 4, 2)
        assert await database.history.contacts("ann@example.org") == {"bob@example.com", "carl@example.net"}
        assert await database.cursors.get_cursor("ann@example.org", "//habits/INBOX") == later

    async def test_wishes_and_settings(self, database: Database) -> None:
        """Preferences default to not chosen; settings are set and removed."""
        assert await database.preferences.get_preferences("ann@example.org") == Preferences(username="ann@example.org")
        wishes = Preferences(username="ann@example.org", chosen=True, engine_access=EngineAccess.REDACTED)
        await database.preferences.set_preferences(wishes, now=NOON)
        await database.preferences.set_preferences(Preferences(username="b@example.org"), now=NOON)
        assert await database.preferences.get_preferences("ann@example.org") == wishes
        assert await database.preferences.chosen_mailboxes() == ("ann@example.org",)
        await database.config.write_config({"concurrent_jobs": "3", "llm_batch_size": "5"}, now=NOON)
        await database.config.write_config({"llm_batch_size": None, "concurrent_jobs": "4"}, now=NOON)
        assert await database.config.read_config() == {"concurrent_jobs": "4"}

    async def test_mailbox_passwords_are_encrypted(self, database: Database) -> None:
        """They come back, and the table does not hold them."""
        await database.mailboxes.add("bot@example.org", SecretStr("hunter2"), now=NOON, name="Bot")
        found = await database.mailboxes.get("bot@example.org")
        assert found is not None
        assert (found.password.get_secret_value(), found.name) == ("hunter2", "Bot")
        from sqlalchemy import text

        (row,) = await database.connections.rows(text("SELECT password FROM llm_mailbox"))
        assert "hunter2" not in row.password
        assert await database.mailboxes.list() == ("bot@example.org",)
        assert [await database.mailboxes.forget("bot@example.org") for _ in range(2)] == [True, False]

    async def test_the_outbox_sends_once(self, database: Database) -> None:
        """An entry is planned once and begun once; what a dead process began becomes unknown and stays so."""
        entry = OutboxEntry(
            message_id="<a@b>", mailbox="bot@example.org", recipients=("Ann@example.org",), subject="s",
            created_at=NOON, updated_at=NOON, purpose="reply",
        )  # fmt: skip
        assert [await database.outbox.plan(entry) for _ in range(2)] == [True, False]
        assert [await database.outbox.begin("<a@b>", now=NOON) for _ in range(2)] == [True, False]
        assert await database.outbox.count(mailbox="bot@example.org", since=NOON, recipient="ann@example.org") == 1
        assert await database.outbox.abandon(begun_before=NOON + _HOUR, now=NOON + _HOUR) == 1
        assert not await database.outbox.begin("<a@b>", now=NOON + _HOUR)
        (found,) = await database.outbox.list(state=OutboxState.UNKNOWN)
        assert found.recipients == entry.recipients

    async def test_commands_run_once(self, database: Database) -> None:
        """The same message or the same Message-ID is refused; a one-time value counts once."""

        def record(ref: MessageRef) -> CommandRecord:
            return CommandRecord(
                ref=ref,
                message_id="<c@d>",
                sender="ann@example.org",
                command="status",
                created_at=NOON,
                updated_at=NOON,
            )

        tried = [record(a_ref(1)), record(a_ref(1)), record(a_ref(2))]
        assert [await database.commands.begin(one) for one in tried] == [True, False, False]
        await database.commands.finish(a_ref(1), state=ActionState.DONE, detail="ok", now=NOON)
        (kept,) = await database.commands.list(mailbox="ann@example.org")
        assert (kept.state, kept.detail) == (ActionState.DONE, "ok")
        used = [await database.commands.use_nonce("n", expires=NOON + _HOUR, now=NOON) for _ in range(2)]
        assert used == [True, False]
