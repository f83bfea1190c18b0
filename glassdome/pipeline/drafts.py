"""The second pass: a reply draft for an analysed message, after the analyses so that each finds its prefix cached."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from glassdome.core.errors import EngineError, GlassdomeError, PolicyRefused, TransportError
from glassdome.core.log import get_logger
from glassdome.pipeline.files import with_files
from glassdome.pipeline.process import Judged, JudgeOptions, Load, examine
from glassdome.ports.model import Drafter
from glassdome.values.analysis import Analysis
from glassdome.values.job import Job
from glassdome.values.masking import Masker
from glassdome.values.message import Message
from glassdome.values.opinion import Usage
from glassdome.values.preferences import EngineAccess, Preferences
from glassdome.values.verdict import Label
from glassdome.verdict.draft import may_be_answered, safe_draft
from glassdome.verdict.texts import draft_fault

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses

__all__ = ["Drafted", "Drafts"]

_log = get_logger(__name__)
#: Attempts at one draft while the model is away; a message without a draft is whole.
ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """An analysis with its draft, where one may be shown, and what writing it cost; `error` is why there is none.

    `refused` is why the model's was not taken: the built-in engine's stands.
    """

    analysis: Analysis
    usage: Usage = field(default_factory=Usage)
    error: GlassdomeError | None = None
    refused: str = ""
    message: Message | None = None


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """Decides who gets a draft and adds it to the stored analysis."""

    analyses: Analyses
    drafter: Drafter
    on: Callable[[], bool]

    def wanted(self, judged: Judged, wishes: Preferences) -> bool:
        """Return whether the message is one that a person may answer, and its owner wants drafts."""
        verdict, lists = judged.analysis.verdict, judged.message.lists
        asked = self.on() and wishes.drafts and wishes.model_access is not EngineAccess.NEVER
        personal = verdict.label is Label.HAM and not lists.is_list and not lists.is_automatic
        personal = personal and may_be_answered(verdict.phishing_score or 0.0, verdict.spam_score)
        clean = not verdict.degraded and not {"unknown", "injection"} & set(verdict.tags)
        return asked and personal and clean and verdict.auto_reply_suggestion is None

    async def add(self, raw: bytes, known: Analysis, job: Job, *, load: Load, options: JudgeOptions) -> Drafted:
        """Ask for the draft; an error that may pass is raised while attempts are left, any other costs the draft."""
        message = await asyncio.to_thread(options.parse, raw, authserv_ids=options.authserv_ids)
        message = await with_files(message, raw, options.files)
        context = await load(message)
        found = await asyncio.to_thread(examine, message, context, options.builtin)
        try:
            draft = await self.drafter.draft(message, signals=found.signals, sensitive=found.sensitive, context=context)
        except PolicyRefused:
            return Drafted(analysis=known)
        except (EngineError, TransportError) as exc:
            if exc.temporary and job.attempts < ATTEMPTS:
                raise
            _log.info("draft_given_up", job=job.id, code=exc.code)
            return Drafted(analysis=known, error=exc)
        usage = replace(draft.usage, calls=0, drafts=draft.usage.calls)
        text, refused = safe_draft(draft.text, message, context), ""
        if text and (refused := draft_fault(text, message, context.mailbox)):
            text = safe_draft(found.builtin.auto_reply_suggestion, message, context)
        verdict = replace(
            known.verdict,
            auto_reply_suggestion=Masker.of(message, found.sensitive).text(text) if text else None,
            usage=known.verdict.usage + usage,
        )
        return Drafted(analysis=replace(known, verdict=verdict), usage=usage, refused=refused, message=message)
