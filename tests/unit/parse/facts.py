"""The facts of a message that its expectation file states."""

from __future__ import annotations

from typing import Any

from glassdome.values.message import Message

__all__ = ["facts"]


def facts(message: Message) -> dict[str, Any]:
    """Return what was read, without what is empty, sizes and hashes."""
    found: dict[str, Any] = {
        "from": [str(a) for a in message.header_from],
        "reply_to": [str(a) for a in message.reply_to],
        "to": [str(a) for a in message.to],
        "mail_from": message.mail_from,
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "thread": message.thread_id,
        "text": message.text,
        "new_text": message.new_text if message.new_text != message.text else None,
        "other_text": message.other_text,
        "hidden": [f"{h.how}: {h.text}" for h in message.hidden],
        "links": [f"{x.place} {x.host} | {x.shown} | {x.url}" for x in message.links],
        "forms": [f"{f.action} password={f.asks_password} inputs={f.inputs}" for f in message.forms],
        "has_script": message.has_script,
        "remote_images": message.remote_images,
        "attachments": [f"{a.filename} | {a.declared_type} | {a.true_type} | {a.text}" for a in message.attachments],
        "authentication": [f"{r.method}={r.result} {r.domain}" for r in message.authentication.results],
        "trusted": message.authentication.trusted,
        "list": message.lists.list_id,
        "one_click": message.lists.one_click,
        "automatic": message.lists.is_automatic,
        "rspamd": message.rspamd.score if message.rspamd else None,
        "defects": [d.what for d in message.defects],
    }
    return {name: value for name, value in found.items() if value not in (None, "", [], False, 0)}
