"""Sends events to the receivers that an administrator allows."""

from glassdome.integrations.webhooks.poster import HttpPoster

__all__ = ["HttpPoster"]
