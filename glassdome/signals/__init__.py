"""Detectors: what a mail server can see of a message, reported as evidence and never as a judgement."""

from glassdome.signals.runner import asked_of, detect

__all__ = ["asked_of", "detect"]
