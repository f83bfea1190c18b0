"""Webhooks: listed, made, changed, tried and sent again, within what a caller may see; changes are audited."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import AccessDenied, ConfigError, InputError, NotFound
from glassdome.core.limits import MAX_PAGE, MAX_URL_CHARS
from glassdome.core.receivers import parse_receivers
from glassdome.core.secrets import reveal
from glassdome.core.signing import new_secret
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import OptionalMailbox
from glassdome.desk.services import Services
from glassdome.pipeline.webhook_letters import test_letter
from glassdome.shapes.webhook import webhook_shape
from glassdome.values.event import EventKind
from glassdome.values.webhook import LastDelivery, Webhook, WebhookCounts

__all__ = ["WebhookEdit", "WebhookTest", "edit_webhook", "last_deliveries", "listed_webhooks", "try_webhook"]

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
_ALL: Final = list(EventKind)


class WebhookEdit(BaseModel):
    """Add a receiver; or change, remove, rotate the secret of, or send dead letters again to, the one with this id."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"action": "add", "url": "https://n8n.example.org/webhook/mail", "events": ["phishing", "action"]},
                {"action": "resend", "id": 1},
            ]
        },
    )

    action: Literal["add", "change", "remove", "rotate", "resend"]
    id: Annotated[Id | None, Field(description="All but add: which")] = None
    url: Annotated[str | None, Field(max_length=MAX_URL_CHARS, description="On a host of GLASSDOME_WEBHOOK_HOSTS")] = (
        None
    )
    events: Annotated[list[EventKind] | None, Field(min_length=1, max_length=len(EventKind))] = None
    mailbox: OptionalMailbox = ""
    domain: Annotated[str, Field(max_length=253, description="Only events of this domain's mailboxes")] = ""
    enabled: bool | None = None
    ids: Annotated[
        list[Id] | None, Field(min_length=1, max_length=MAX_PAGE, description="resend: only these dead letters")
    ] = None


class WebhookTest(BaseModel):
    """The receiver to try."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"id": 1}]})

    id: Id


async def listed_webhooks(services: Services, caller: Caller) -> list[dict[str, Any]]:
    """Return the receivers that the caller may see, with their dead letters."""
    mine = [w for w in await services.webhooks.list(now=services.clock.now()) if _sees(caller, w)]
    counts = await services.deliveries.counts()
    dead = await services.deliveries.dead(webhook_ids=[w.id for w in mine])
    return [webhook_shape(w, counts.get(w.id, WebhookCounts()), dead) for w in mine]


async def last_deliveries(services: Services, ids: Sequence[int]) -> dict[int, tuple[LastDelivery, ...]]:
    """Return the newest deliveries of receivers that the caller may see."""
    return {id: await services.deliveries.last(id) for id in ids}


async def edit_webhook(services: Services, caller: Caller, body: WebhookEdit) -> dict[str, Any]:
    """Do it and audit it; return the receiver, with its secret where that is new, or the number of letters.

    Raises InputError, ActionForbidden for a host that is not allowed, AccessDenied outside the caller's mailboxes, NotFound.
    """
    data = await _add(services, caller, body) if body.action == "add" else await _edit(services, caller, body)
    facts = body.model_dump(mode="json", exclude_defaults=True, exclude={"url"}) | {"webhook": data["id"]}
    now = services.clock.now()
    await services.history.audit(
        actor=caller.name, action="edit_webhooks", subject=body.mailbox or body.domain, facts=facts, now=now
    )
    return data


async def try_webhook(services: Services, caller: Caller, body: WebhookTest) -> dict[str, Any]:
    """Send a test and return the receiver's status; raises what keeps it from being sent."""
    webhook = await _known(services, caller, body.id)
    if services.poster is None:
        raise ConfigError("This process sends nothing.")
    name, now = f"evt_test_{secrets.token_hex(12)}", services.clock.now()
    letter = test_letter(name, url=webhook.url, secrets=webhook.secrets, now=now)
    status = await services.poster.post(letter)
    return {"id": webhook.id, "status": status, "accepted": 200 <= status < 300}


async def _add(services: Services, caller: Caller, body: WebhookEdit) -> dict[str, Any]:
    if body.url is None or body.id is not None:
        raise InputError("A new webhook has a url, and no id yet.")
    _must_be_allowed(services, body.url)
    mailbox, domain = _scope(caller, body)
    secret, now = new_secret(), services.clock.now()
    kinds = list(dict.fromkeys(body.events or _ALL))
    id = await services.webhooks.add(body.url, kinds, secret=secret, mailbox=mailbox, domain=domain, now=now)
    return await _shown(services, id) | {"secret": reveal(secret)}


async def _edit(services: Services, caller: Caller, body: WebhookEdit) -> dict[str, Any]:
    if body.id is None:
        raise InputError("Say which webhook: id.")
    if body.mailbox or body.domain:
        raise InputError("Mailbox and domain of a webhook stay as they are.", fix="Add another one.")
    webhook = await _known(services, caller, body.id)
    now = services.clock.now()
    match body.action:
        case "remove":
            return {"id": webhook.id, "not_delivered": await services.webhooks.remove(webhook.id)}
        case "resend":
            return {"id": webhook.id, "resent": await services.deliveries.resend(webhook.id, body.ids, now=now)}
        case "rotate":
            secret = new_secret()
            await services.webhooks.rotate(webhook.id, secret=secret, now=now)
            return await _shown(services, webhook.id) | {"secret": reveal(secret)}
    if body.url is not None:
        _must_be_allowed(services, body.url)
    await services.webhooks.change(webhook.id, url=body.url, kinds=body.events or (), enabled=body.enabled)
    return await _shown(services, webhook.id)


async def _shown(services: Services, id: int) -> dict[str, Any]:
    webhook = await services.webhooks.get(id, now=services.clock.now())
    if webhook is None:
        raise NotFound("There is no such webhook.")
    return webhook_shape(webhook, (await services.deliveries.counts()).get(id, WebhookCounts()))


async def _known(services: Services, caller: Caller, id: int) -> Webhook:
    webhook = await services.webhooks.get(id, now=services.clock.now())
    # The same is said of another's webhook: who may not see it does not learn that it is there.
    if webhook is None or not _sees(caller, webhook):
        raise NotFound("There is no such webhook.")
    return webhook


def _sees(caller: Caller, webhook: Webhook) -> bool:
    if not caller.restricted:
        return True
    if webhook.mailbox:
        return caller.may_see(webhook.mailbox)
    return bool(webhook.domain) and webhook.domain in (caller.domains or ())


def _scope(caller: Caller, body: WebhookEdit) -> tuple[str, str]:
    if body.mailbox and body.domain:
        raise InputError("Limit a webhook to a mailbox or to a domain, not to both.")
    if body.mailbox:
        mailbox = as_mailbox(body.mailbox)
        caller.must_see(mailbox)
        return mailbox, ""
    domain = body.domain.lower()
    if caller.restricted and domain not in (caller.domains or ()):
        raise AccessDenied("This key does not cover that.", fix="Limit the webhook to a mailbox or domain of the key.")
    return "", domain


def _must_be_allowed(services: Services, url: str) -> None:
    parse_receivers(services.settings().webhook_hosts).place(url)
