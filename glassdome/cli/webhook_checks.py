"""Check that the receivers of events are allowed, take what they get, and have no dead letters."""

from __future__ import annotations

from glassdome.bootstrap.mailboxes import open_store
from glassdome.cli.checks import Check, Health
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError
from glassdome.core.receivers import parse_receivers
from glassdome.values.webhook import Webhook, WebhookCounts

__all__ = ["webhook_checks"]

_NAME = "webhooks"


async def webhook_checks(settings: Settings) -> list[Check]:
    """Return the findings; none where there is no webhook, or where the check of the database fails."""
    try:
        async with open_store(settings) as database:
            found = await database.webhooks.list(now=SystemClock().now())
            counts = await database.deliveries.counts()
    except (GlassdomeError, OSError):
        return []
    return [_check(settings, webhook, counts.get(webhook.id, WebhookCounts())) for webhook in found if webhook.enabled]


def _check(settings: Settings, webhook: Webhook, counts: WebhookCounts) -> Check:
    try:
        parse_receivers(settings.webhook_hosts).place(webhook.url)
    except GlassdomeError as exc:
        return _finding(webhook, Health.FAIL, exc.message, exc.fix)
    if webhook.failures:
        told = f"its receiver fails ({webhook.last_status or webhook.last_error}), {counts.waiting} events wait"
        return _finding(webhook, Health.WARN, told, f"Try it: glassdome webhooks test {webhook.id}")
    if counts.dead:
        fix = f"Read `glassdome webhooks dead`, then: glassdome webhooks resend {webhook.id}"
        return _finding(webhook, Health.WARN, f"{counts.dead} events were given up", fix)
    return _finding(webhook, Health.OK, f"{counts.waiting} events wait", "")


def _finding(webhook: Webhook, health: Health, detail: str, fix: str) -> Check:
    return Check(name=_NAME, health=health, detail=f"webhook {webhook.id}: {detail}", fix=fix)
