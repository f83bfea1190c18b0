"""The metrics for Prometheus: one registry, made once, fed by pipeline and API, served at `/metrics`."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Metrics"]

#: Seconds; the built-in engine answers in milliseconds, a model on a CPU in minutes.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """The metric objects; labels hold closed sets of words, never a mailbox or mail text."""

    def __init__(self) -> None:
        """Register everything in a registry of its own, so that several may live in one process."""
        self.registry = CollectorRegistry()
        self.queue_jobs = Gauge("glassdome_queue_jobs", "Jobs by state", ["state"], registry=self.registry)
        self.queue_oldest_seconds = Gauge(
            "glassdome_queue_oldest_seconds", "Age of the oldest job that may run now", registry=self.registry
        )
        self.stage_seconds = Histogram(
            "glassdome_stage_seconds",
            "Time of one stage for one message",
            ["stage"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.model_calls = Counter(
            "glassdome_model_calls", "Calls of a language model", ["model", "outcome"], registry=self.registry
        )
        self.model_texts_refused = Counter(
            "glassdome_model_texts_refused",
            "Texts of a language model that no person would write",
            ["text", "reason"],
            registry=self.registry,
        )
        self.model_seconds = Histogram(
            "glassdome_model_seconds", "Time of one model call", ["model"], buckets=_SECONDS, registry=self.registry
        )
        self.model_tokens = Counter(
            "glassdome_model_tokens", "Tokens, as the server counts", ["model", "direction"], registry=self.registry
        )
        self.model_mails_per_hour = Gauge(
            "glassdome_model_mails_per_hour", "Mails the language model answers in an hour", registry=self.registry
        )
        self.model_oldest_seconds = Gauge(
            "glassdome_model_oldest_seconds", "Age of the oldest mail that waits for the model", registry=self.registry
        )
        self.model_slow = Gauge(
            "glassdome_model_slow", "1 while the language model takes too long", registry=self.registry
        )
        self.errors = Counter("glassdome_errors", "Errors by stable code", ["code"], registry=self.registry)
        self.verdicts = Counter(
            "glassdome_verdicts", "Verdicts by class", ["label", "engine", "degraded"], registry=self.registry
        )
        self.webhook_deliveries = Counter(
            "glassdome_webhook_deliveries", "Attempts to deliver an event", ["outcome"], registry=self.registry
        )
        self.webhook_waiting = Gauge(
            "glassdome_webhook_events", "Deliveries that wait, or were given up", ["state"], registry=self.registry
        )
        self.webhook_oldest_seconds = Gauge(
            "glassdome_webhook_oldest_seconds", "Age of the oldest event that waits", registry=self.registry
        )
        self.doorbells = Counter("glassdome_doorbells", "Push notifications received", registry=self.registry)
        self.api_seconds = Histogram(
            "glassdome_api_seconds",
            "Time of one API request",
            ["route", "method", "status"],
            buckets=_SECONDS,
            registry=self.registry,
        )

    def text(self) -> bytes:
        """Return the text exposition format, version 0.0.4."""
        return generate_latest(self.registry)
