"""The typed answers of the tools: our own words and numbers, and words of mails kept apart under `untrusted`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from glassdome.mcp.untrusted_text import (
    JobText,
    MailText,
    RowText,
    WhyText,
    mail_text,
    phrase,
    row_text,
    shows_body,
    why_text,
)
from glassdome.shapes.analysis import SensitiveShape
from glassdome.shapes.job import DepthShape
from glassdome.values.job import JobState
from glassdome.values.preferences import EngineAccess

__all__ = ["AnalysisList", "AnalysisResult", "Explanation", "JobRow", "QueueResult", "Shape", "Totals", "Where"]

#: Reasons that no detector reports: what each of these words stands for.
_OTHER_SIGNALS: Final = {
    "wording": "The wording is like that of known phishing.",
    "model": "The language model's own reason.",
    "unknown": "Something could not be checked; that is no sign of safety.",
}


class Shape(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Where(Shape):
    """The place of a message."""

    mailbox: str
    email_id: str = Field(description="Its UID; empty for a message that lies in no mailbox")
    folder: str
    uid_validity: int


class VerdictFields(Where):
    """The verdict on a message."""

    label: Literal["ham", "spam", "phish", "unknown"] = Field(
        description="`unknown`: not judged, since it or its language could not be read; that is no sign of safety"
    )
    is_phishing: bool | None = Field(description="null where the label is `unknown`")
    phishing_score: float | None = Field(description="0 to 1; null where the label is `unknown`")
    readable: Literal["yes", "encrypted", "damaged", "empty"]
    spam_score: float = Field(description="0 to 1")
    degraded: bool = Field(description="Made without the configured language model")


class AnalysisRow(VerdictFields):
    """One message in a list."""

    priority_score: int = Field(description="1 to 10, 10 the most urgent")
    categories: list[str]
    sensitive_data: bool
    analyzed_at: str
    engine_access: EngineAccess = Field(description="How much of its mail the owner lets a language model see")
    untrusted: RowText | None = Field(description="null where the owner lets no language model see it")

    @classmethod
    def of(cls, shape: Mapping[str, Any], access: EngineAccess) -> AnalysisRow:
        """Make it of an analysis as JSON."""
        return cls(**_own(cls, shape), engine_access=access, untrusted=row_text(shape, access))


class AnalysisList(Shape):
    """One page, newest first."""

    analyses: list[AnalysisRow]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last")


class SignalRow(Shape):
    """A detector that found something, or that failed: unknown differs from clean."""

    signal: str
    outcome: Literal["hit", "temp_error", "perm_error"]
    meaning: str


class AnalysisResult(VerdictFields):
    """One message's analysis."""

    priority_score: int = Field(description="1 to 10, 10 the most urgent")
    categories: list[str]
    sensitive_data: bool
    sensitive_types: list[SensitiveShape]
    language: str = Field(description="BCP 47, or empty")
    language_covered: bool = Field(default=True, description="false: the words of this language are not judged here")
    date: str | None = Field(description="As the mail claims it")
    engine: str
    model: str
    prompt_version: str
    model_role: str = Field(description="The highest role the model held: none, writer, second or judge")
    degraded_reason: str = Field(description="An error code, or empty")
    skipped: str = Field(description="The policy under which no language model was asked, or empty")
    processing_time: float = Field(description="Seconds")
    analyzed_at: str
    stored: bool = Field(description="Whether this is the analysis that the service keeps")
    engine_access: EngineAccess = Field(description="How much of its mail the owner lets a language model see")
    untrusted: MailText | None = Field(description="null where the owner lets no language model see it")

    @classmethod
    def of(cls, shape: Mapping[str, Any], access: EngineAccess, *, stored: bool = True) -> AnalysisResult:
        """Make it of an analysis as JSON."""
        return cls(**_own(cls, shape), stored=stored, engine_access=access, untrusted=mail_text(shape, access))


class Explanation(VerdictFields):
    """The reasons for a message's verdict."""

    degraded_reason: str = Field(description="An error code, or empty")
    reasons: list[SignalRow] = Field(description="What speaks for phishing, heaviest first")
    signals: list[SignalRow] = Field(description="Everything that was found, and what could not be looked at")
    sensitive_types: list[SensitiveShape]
    engine_access: EngineAccess = Field(description="How much of its mail the owner lets a language model see")
    untrusted: WhyText | None = Field(description="The evidence; null where the owner lets no language model see it")

    @classmethod
    def of(cls, shape: Mapping[str, Any], access: EngineAccess) -> Explanation:
        """Make it of an analysis as JSON."""
        return cls(
            **_own(cls, {k: v for k, v in shape.items() if k != "signals"}),
            reasons=[_signal(item["signal"], "hit") for item in shape["phishing_reasons"]],
            signals=[_signal(item["name"], item["outcome"]) for item in shape["signals"]],
            engine_access=access,
            untrusted=why_text(shape, access),
        )


class Totals(Shape):
    """Totals over the analyses that match, and the queue."""

    total: int
    phishing: int
    spam: int
    unknown: int = Field(description="Not judged, since they could not be read")
    sensitive: int
    degraded: int
    average_seconds: float
    p95_seconds: float
    per_category: dict[str, int]
    per_model: dict[str, int]
    per_day: dict[str, int]
    queue: DepthShape


class JobRow(Shape):
    """One job of the queue."""

    id: int
    mailbox: str
    email_id: str
    folder: str
    uid_validity: int
    state: JobState
    reason: str
    attempts: int
    not_before: str
    enqueued_at: str
    updated_at: str
    error_code: str = Field(description="Why it failed, or waits; a stable code, or empty")
    untrusted: JobText | None = Field(description="null where the owner lets no language model see the text of mail")

    @classmethod
    def of(cls, shape: Mapping[str, Any], access: EngineAccess) -> JobRow:
        """Make it of a job as JSON."""
        words = JobText(error=phrase(shape["error"])) if shows_body(access) else None
        return cls(**_own(cls, shape), untrusted=words)


class QueueResult(Shape):
    """The depth of the queue, and one page of its jobs."""

    depth: DepthShape
    jobs: list[JobRow]
    next_after_id: int | None = Field(description="`after_id` of the next page; null on the last")


def _own(cls: type[BaseModel], shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an answer takes as it is."""
    return {name: shape[name] for name in cls.model_fields if name in shape}


def _signal(name: str, outcome: Literal["hit", "temp_error", "perm_error"]) -> SignalRow:
    from glassdome.signals.table import signal_meanings  # loads the detectors, which the list of tools does not need

    known = signal_meanings() | _OTHER_SIGNALS
    return SignalRow(signal=name, outcome=outcome, meaning=known.get(name, ""))
