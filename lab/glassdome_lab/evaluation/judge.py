"""Takes one sample the product's own way, from bytes to verdict, and notes what came out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

from glassdome.core.errors import EngineError, ParseError, PolicyRefused
from glassdome.engine.builtin.classifier import Classifier
from glassdome.ports.model import Engine
from glassdome.signals.sensitive import find_in_text
from glassdome.values.opinion import Opinion
from glassdome.values.signal import Signal
from glassdome.values.verdict import Verdict
from glassdome_lab.evaluation.functions.injection import injection_reads, injection_record, obeyed
from glassdome_lab.evaluation.row_layouts import as_mail
from glassdome_lab.evaluation.samples import (
    CategorySample,
    InjectionSample,
    IntentSample,
    LanguageSample,
    MailSample,
    SensitiveSample,
    SummarySample,
)
from glassdome_lab.evaluation.stages import NO_MAILBOX, OfflineStages, Read
from glassdome_lab.training.triage_mails import AUTHSERV

__all__ = ["Judge", "Sample"]

#: What goes through all stages as a mail.
Mailed = MailSample | CategorySample | IntentSample | LanguageSample | SummarySample
Sample = Mailed | SensitiveSample | InjectionSample
#: The server whose word on the sender counts in made-up corpora; the name is reserved (RFC 2606), so no real mail has it.
_AUTHSERV: Final = frozenset({AUTHSERV})


class Judge:
    """Judges samples one at a time; made once per process."""

    def __init__(self, classifier: Classifier | None = None) -> None:
        """`classifier` replaces the shipped text model."""
        self._stages = OfflineStages(classifier)

    def record(self, sample: Sample) -> dict[str, Any]:
        """Judge a sample with the built-in engine; a message that cannot be read is a record with its error."""
        if isinstance(sample, SensitiveSample):
            return _spans(sample)
        if isinstance(sample, InjectionSample):
            reads = injection_reads(self._stages, sample)
            return injection_record(self._stages, sample, reads, obeyed(reads))
        begun, busy = time.perf_counter(), time.thread_time()
        try:
            read = self._stages.read(_raw(sample), authserv_ids=_AUTHSERV)
            verdict = self._stages.decide(read)
        except ParseError as exc:
            return _facts(sample) | {"error": exc.code}
        cpu = {"cpu": round(time.thread_time() - busy, 6)}
        by_text = {"by_text": round(read.builtin.phishing or 0.0, 5)}
        return _facts(sample) | _judged(verdict, read.signals, time.perf_counter() - begun) | cpu | by_text

    async def record_asking(self, sample: Sample, engine: Engine) -> dict[str, Any]:
        """Judge a sample with a language model; where it gives no answer, the verdict is degraded and says so."""
        if isinstance(sample, SensitiveSample):
            return _spans(sample)
        if isinstance(sample, InjectionSample):
            reads = injection_reads(self._stages, sample)
            opinions = [(await _ask(read, engine))[0] for read in reads]
            return injection_record(self._stages, sample, reads, [opinions])
        begun = time.perf_counter()
        try:
            read = self._stages.read(_raw(sample), authserv_ids=_AUTHSERV)
        except ParseError as exc:
            return _facts(sample) | {"error": exc.code}
        opinion, reason = await _ask(read, engine)
        verdict = self._stages.decide(read, opinion, degraded=reason)
        return _facts(sample) | _judged(verdict, read.signals, time.perf_counter() - begun)


async def _ask(read: Read, engine: Engine) -> tuple[Opinion | None, str]:
    """Return the engine's opinion, or the code of the reason why there is none."""
    try:
        opinion = await engine.read(
            read.message,
            signals=read.signals,
            sensitive=read.sensitive,
            builtin=read.builtin,
            context=NO_MAILBOX,
        )
    except (EngineError, PolicyRefused) as exc:
        return None, exc.code
    return opinion, ""


def _raw(sample: Mailed) -> bytes:
    if isinstance(sample, MailSample | CategorySample):
        return sample.place.read()
    subject = sample.subject if isinstance(sample, SummarySample) else ""
    return as_mail(subject=subject, text=sample.text, sender="someone@example.org")


def _facts(sample: Mailed) -> dict[str, Any]:
    facts: dict[str, Any] = {"id": sample.id}
    if isinstance(sample, MailSample):
        facts |= {
            "label": sample.label,
            "source": sample.source,
            "cluster": sample.cluster,
            "core": sample.core,
            "year": sample.year,
            "theme": sample.theme,
            "written_in": sample.language,
            "proven": sample.proven,
        }
    return facts


def _judged(verdict: Verdict, signals: Sequence[Signal], seconds: float) -> dict[str, Any]:
    return {
        "verdict": str(verdict.label),
        "is_phishing": bool(verdict.is_phishing),  # None where a mail cannot be read: it is called nothing
        "phishing": round(0.5 if verdict.phishing_score is None else verdict.phishing_score, 5),
        "spam": round(verdict.spam_score, 5),
        "priority": verdict.priority_score,
        "categories": list(verdict.categories),
        "language": verdict.language,
        "actions": len(verdict.action_items),
        "draft": verdict.auto_reply_suggestion is not None,
        "attention": verdict.attention,
        "summary": verdict.summary,
        "sensitive": sorted({finding.type for finding in verdict.sensitive}),
        "hits": sorted(signal.name for signal in signals if signal.hit),
        "degraded": verdict.degraded_reason,
        "seconds": round(seconds, 6),
        "calls": verdict.usage.calls,
        "tokens_in": verdict.usage.tokens_in,
        "tokens_out": verdict.usage.tokens_out,
    }


def _spans(sample: SensitiveSample) -> dict[str, Any]:
    begun = time.perf_counter()
    found = [[item.type, item.start, item.end] for item in find_in_text(sample.text)]
    return {"id": sample.id, "found": found, "seconds": round(time.perf_counter() - begun, 6)}
