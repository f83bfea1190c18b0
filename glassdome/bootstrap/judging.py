"""Builds the judging of a mailbox's messages from the current settings."""

from __future__ import annotations

from collections.abc import Callable

from glassdome.bootstrap.app import App
from glassdome.engine.gate import parse_policies
from glassdome.files.meaning import has_encoder
from glassdome.parse import parse_message
from glassdome.pipeline.drafts import Drafts
from glassdome.pipeline.process import JudgeOptions
from glassdome.pipeline.repeats import Repeats

__all__ = ["live_drafts", "live_options"]


def live_drafts(app: App) -> Drafts:
    """Return who writes reply drafts, while there is a model that earned it and the settings want them."""

    def wanted() -> bool:
        return app.roles.grant().counts("summary") and app.settings.current().engine_drafts

    return Drafts(analyses=app.database.analyses, drafter=app.models, on=wanted)


def live_options(app: App) -> Callable[[], JudgeOptions]:
    """Return what answers how messages are judged at this moment."""
    repeats = Repeats(analyses=app.database.analyses)
    observe, parse = app.metrics.stage_seconds, app.reader.parsed if app.reader is not None else parse_message

    def current() -> JudgeOptions:
        return JudgeOptions(
            engine=app.engine,
            grant=app.roles.grant(),
            builtin=app.builtin,
            extended=app.extended,
            authserv_ids=app.settings.current().authserv_ids,
            clock=app.clock,
            policies=parse_policies(app.settings.current().engine_skip),
            repeat=repeats.find,
            share=repeats.share,
            parse=parse,
            files=app.files,
            meaning=has_encoder(),
            tries=app.settings.current().model_tries,
            observe=lambda stage, seconds: observe.labels(stage).observe(seconds),
        )

    return current
