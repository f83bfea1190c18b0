"""From the running parts to what the API needs of them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Awaitable, Callable, Mapping

from glassdome import __version__
from glassdome.api.services import Services
from glassdome.bootstrap.app import App
from glassdome.core.errors import TransportError
from glassdome.pipeline.process import classify
from glassdome.values.context import Context
from glassdome.values.verdict import Verdict

__all__ = ["services_of"]


def services_of(app: App) -> Services:
    """Return the API's services over an app."""

    def judge(raw: bytes) -> Verdict:
        settings = app.settings.current()
        own = frozenset({settings.mailcow_domain.lower()}) if settings.mailcow_domain else frozenset[str]()
        context = Context(now=app.clock.now(), own_domains=own)
        return classify(raw, context, authserv_ids=settings.authserv_ids, engine=app.builtin)

    async def reload() -> None:
        await app.settings.refresh(force=True)

    return Services(
        settings=app.settings.current,
        clock=app.clock,
        queue=app.database.queue,
        analyses=app.database.analyses,
        preferences=app.database.preferences,
        config=app.database.config,
        history=app.database.history,
        actions=app.database.actions,
        classify=judge,
        version=__version__,
        metrics=app.metrics,
        source=app.source,
        undoer=app.undoer,
        models=app.models,
        probes=_probes(app),
        teach=app.teach,
        wake=app.worker.wake if app.worker is not None else lambda: None,
        look_round=app.watcher.look_round if app.watcher is not None else lambda: None,
        doorbell=app.watcher.ring if app.watcher is not None else lambda mailbox, folder: None,
        reload=reload,
    )


def _probes(app: App) -> Mapping[str, Callable[[], Awaitable[None]]]:
    found = dict(app.probes)
    if app.worker is not None:
        found["worker"] = app.worker.probe
    if app.watcher is not None:
        found["imap"] = _imap_probe(app, app.probes["imap"])
    # The model's probe comes and goes with the settings.
    return ChainMap(found, app.models.probes)


def _imap_probe(app: App, greeted: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def probe() -> None:
        states = app.watcher.states() if app.watcher is not None else ()
        if not states:  # nobody is watched, or nobody was looked at yet
            await greeted()
        bad = [s for s in states if s.failures]
        if bad and len(bad) == len(states):
            raise TransportError("No watched mailbox can be read.")

    return probe
