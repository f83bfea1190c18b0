"""From the settings of the moment to how messages of a mailbox are judged."""

from __future__ import annotations

from collections.abc import Callable

from glassdome.bootstrap.app import App
from glassdome.bootstrap.models import Model
from glassdome.engine.gate import parse_policies
from glassdome.engine.llm.engine import LlmEngine
from glassdome.pipeline.drafts import Drafts
from glassdome.pipeline.live import LiveSettings
from glassdome.pipeline.process import Stages
from glassdome.pipeline.repeats import Repeats

__all__ = ["live_drafts", "live_engine", "live_stages"]


def live_engine(model: Model | None, settings: LiveSettings) -> LlmEngine | None:
    """Return the engine over the model, None for the built-in one alone."""
    if model is None:
        return None
    name = settings.current().engine_name
    return LlmEngine(model, name=name, mail_chars=lambda: settings.current().max_email_size)


def live_drafts(app: App) -> Drafts | None:
    """Return who writes reply drafts, None where no model can."""
    if app.engine is None:
        return None
    return Drafts(analyses=app.database.analyses, drafter=app.engine, on=lambda: app.settings.current().engine_drafts)


def live_stages(app: App) -> Callable[[], Stages]:
    """Return what answers how messages are judged at this moment."""
    repeats = Repeats(analyses=app.database.analyses)
    observe = app.metrics.stage_seconds

    def current() -> Stages:
        return Stages(
            engine=app.engine,
            builtin=app.builtin,
            authserv_ids=app.settings.current().authserv_ids,
            clock=app.clock,
            policies=parse_policies(app.settings.current().engine_skip),
            repeat=repeats.find,
            share=repeats.share,
            observe=lambda stage, seconds: observe.labels(stage).observe(seconds),
        )

    return current
