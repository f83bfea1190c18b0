"""Detectors: what a mail server can see of a message, reported as evidence and never as a judgement."""

from glassdome.signals.runner import detect

__all__ = ["detect"]
