"""The dependencies of the API: ports and callables, wired by `bootstrap`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from glassdome.act import Undoer
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.metrics import Metrics
from glassdome.pipeline.backfills import Backfills
from glassdome.ports.agent import ActionLedger
from glassdome.ports.mail import MailSource
from glassdome.ports.model import ModelLibrary
from glassdome.ports.sign_in import IdentityProvider
from glassdome.ports.store import ConfigStore
from glassdome.ports.webhooks import EventPoster
from glassdome.values.credentials import Credentials
from glassdome.values.feedback import Feedback
from glassdome.values.person import SignedInBy
from glassdome.values.role import RoleState
from glassdome.values.speed import ModelSpeed
from glassdome.values.verdict import Verdict

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses
    from glassdome.store.answers import AnswerRules
    from glassdome.store.api_keys import ApiKeyTable
    from glassdome.store.commands import Commands
    from glassdome.store.deliveries import Deliveries
    from glassdome.store.events import Events
    from glassdome.store.history import History
    from glassdome.store.owners import Owners
    from glassdome.store.preferences import PreferenceTable
    from glassdome.store.queue import Queue
    from glassdome.store.sessions import SessionTable
    from glassdome.store.threads import Threads
    from glassdome.store.webhooks import Webhooks

__all__ = ["Classify", "Doorbell", "Probe", "Services"]

#: Checks one part: returns when it works, raises GlassdomeError when it does not.
Probe: TypeAlias = Callable[[], Awaitable[None]]
#: Told (mailbox, folder) when that folder may have changed; returns at once and never raises.
Doorbell: TypeAlias = Callable[[str, str], None]
#: The built-in engine's verdict on a raw message: about a millisecond, with attached files some more.
Classify: TypeAlias = Callable[[bytes], Awaitable[Verdict]]


def _nothing() -> None:
    """Do nothing."""


async def _nothing_async() -> None:
    """Do nothing."""


async def _no_speed() -> ModelSpeed | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a route may use.

    `settings` answers the settings of this moment, `reload` makes a changed `llm_config` take effect, `wake` tells the
    worker that there is a job, `rescan` the watcher that somebody chose other mailboxes. `source` and `undoer` are None where no mail server is configured, `models` where no model
    server is. `teach` hands a correction to the spam filter, None unless the settings ask for it.
    `has_mailbox` returns whether the mail server has a mailbox, None without a server that could tell.
    `poster` sends tests to receivers of events.
    `check_login` returns whether the mail server takes a login, and raises where it cannot say; None without one.
    `check_mailcow_key` returns what an API key of mailcow proves that an address brings; None without a mailcow.
    `provider` is the identity provider that people may sign in through, where the settings name one.
    `encoder` is true where a sentence encoder can be asked for the meaning of words. `backfills` runs the backfills that pages ask for, `try_warning` sends a mailbox a test; None without a mail server.
    `role` returns what the language model of this moment earned, `speed` how fast it answers, None without one. `probes` name the parts that `/health` reports besides the database:
    `ollama`, `openai`, `imap`, `worker`.
    """

    settings: Callable[[], Settings]
    clock: Clock
    owners: Owners
    queue: Queue
    analyses: Analyses
    preferences: PreferenceTable
    answer_rules: AnswerRules
    config: ConfigStore
    history: History
    actions: ActionLedger
    sessions: SessionTable
    keys: ApiKeyTable
    threads: Threads
    events: Events
    webhooks: Webhooks
    deliveries: Deliveries
    commands: Commands
    classify: Classify
    version: str
    metrics: Metrics = field(default_factory=Metrics)
    source: MailSource | None = None
    undoer: Undoer | None = None
    models: ModelLibrary | None = None
    probes: Mapping[str, Probe] = field(default_factory=dict)
    teach: Callable[[Feedback], Awaitable[None]] | None = None
    has_mailbox: Callable[[str], Awaitable[bool]] | None = None
    check_login: Callable[[Credentials], Awaitable[bool]] | None = None
    check_mailcow_key: Callable[[str, str], Awaitable[SignedInBy | None]] | None = None
    provider: IdentityProvider | None = None
    encoder: bool = False
    backfills: Backfills | None = None
    try_warning: Callable[[str], Awaitable[None]] | None = None
    poster: EventPoster | None = None
    wake: Callable[[], None] = _nothing
    rescan: Callable[[], None] = _nothing
    doorbell: Doorbell = lambda mailbox, folder: None
    role: Callable[[], RoleState] = RoleState
    speed: Callable[[], Awaitable[ModelSpeed | None]] = _no_speed
    reload: Callable[[], Awaitable[None]] = _nothing_async
