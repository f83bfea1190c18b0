"""Check optional parts: plugins, the sandbox of attached files, receivers of events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from typing import Final

from glassdome.bootstrap.mailboxes import open_store
from glassdome.cli.checks import Check, Health
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError
from glassdome.core.extras import install_extra
from glassdome.core.plugins import DETECTOR_GROUP, ENGINE_GROUP, describe, installed, load
from glassdome.core.receivers import parse_receivers
from glassdome.core.unexpected import wrap_unexpected_now
from glassdome.engine.builtin.language import PACKS
from glassdome.engine.builtin.meaning import ENCODED
from glassdome.files.meaning import has_encoder
from glassdome.files.ocr import has_ocr
from glassdome.files.opening import sandbox_of
from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file
from glassdome.pipeline.plugins import detector_of
from glassdome.values.webhook import Webhook, WebhookCounts

__all__ = ["file_checks", "plugin_checks", "webhook_checks"]

_REPAIR: Final = "Repair or remove the plugin, or name it in GLASSDOME_PLUGINS_OFF."
_NEEDS: Final = (
    "It needs Linux with seccomp on x86_64 or aarch64; a container's profile may forbid it. Until then only names, types"
    " and links of attached files count. GLASSDOME_FILES=0 says that this is meant."
)
_MAIL: Final = b"From: Ann <ann@a.example>\r\nTo: bob@b.example\r\nSubject: Lunch\r\n\r\nAt noon?\r\n"


def plugin_checks(settings: Settings) -> Iterator[Check]:
    """Yield one finding per plugin: on, off, or broken with the reason. Without plugins there is none."""
    for kind, group in (("detector", DETECTOR_GROUP), ("engine", ENGINE_GROUP)):
        for entry in installed(group):
            yield _plugin(kind, entry, settings)


def _plugin(kind: str, entry: EntryPoint, settings: Settings) -> Check:
    shown = f"{kind} {describe(entry)}"
    if settings.plugins_off_names & {entry.name, "all"}:
        return Check(name="plugins", health=Health.OK, detail=f"off: {shown}, by GLASSDOME_PLUGINS_OFF")
    try:
        detail = _tried(entry) if kind == "detector" else _imported(entry, settings)
    except GlassdomeError as exc:
        return Check(name="plugins", health=Health.FAIL, detail=f"{shown}: {exc.message}", fix=_REPAIR)
    return Check(name="plugins", health=Health.OK, detail=f"on: {shown}{detail}")


def _tried(entry: EntryPoint) -> str:
    detector = detector_of(entry)
    message, context = parse_message(_MAIL), for_file(now=datetime.now(UTC))
    wrap_unexpected_now(f"Its detector {entry.name}", lambda: list(detector.run(message, context)))
    return f" reports {', '.join(detector.signals)}"


def _imported(entry: EntryPoint, settings: Settings) -> str:
    load(entry)
    return "" if settings.engine_name == entry.name else f"; GLASSDOME_ENGINE={entry.name} chooses it"


async def file_checks(settings: Settings) -> list[Check]:
    """Start one child as the service would; return whether it could be locked up."""
    if not settings.files:
        return [
            Check(name="files", health=Health.OK, detail="off: attached files are not read", fix="GLASSDOME_FILES=1")
        ]
    pool = sandbox_of(settings)
    try:
        problem = await pool.warm_up()
    finally:
        await pool.aclose()
    if problem:
        return [Check(name="files", health=Health.WARN, detail=f"attached files are not read: {problem}", fix=_NEEDS)]
    words = "words in pictures too" if has_ocr() else "words in pictures need the extra [ocr]"
    return [
        Check(name="files", health=Health.OK, detail=f"on: attached files are read in a sandbox, {words}"),
        _languages(),
    ]


def _languages() -> Check:
    packs, further = len(PACKS), len(ENCODED)
    if has_encoder():
        detail = f"on: words are judged in {packs} languages by packs, in {further} more by the encoder"
        return Check(name="languages", health=Health.OK, detail=detail)
    detail = f"words are judged in {packs} languages; in {further} more with the extra [languages]"
    return Check(name="languages", health=Health.OK, detail=detail, fix=install_extra("languages"))


async def webhook_checks(settings: Settings) -> list[Check]:
    """Return the findings; none where there is no webhook, or where the check of the database fails."""
    try:
        async with open_store(settings) as database:
            found = await database.webhooks.list(now=SystemClock().now())
            counts = await database.deliveries.counts()
    except (GlassdomeError, OSError):
        return []
    return [
        _webhook(settings, webhook, counts.get(webhook.id, WebhookCounts())) for webhook in found if webhook.enabled
    ]


def _webhook(settings: Settings, webhook: Webhook, counts: WebhookCounts) -> Check:
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
    return Check(name="webhooks", health=health, detail=f"webhook {webhook.id}: {detail}", fix=fix)
