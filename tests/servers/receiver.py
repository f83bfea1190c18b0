"""A receiver of webhooks that checks every signature by itself, and fails when it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

__all__ = ["Receiver", "is_signed"]


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Verify as Standard Webhooks say, without the program's own code."""
    key = base64.b64decode(secret.partition("_")[2])
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split(" "))


class Receiver:
    """An ASGI application; `status` is what it answers, `location` where it points to."""

    def __init__(self) -> None:
        """It takes everything."""
        self.status = 204
        self.location = ""
        self.answer = b""
        self.tries = 0
        self.taken: list[tuple[dict[str, str], bytes]] = []

    @property
    def events(self) -> list[dict[str, Any]]:
        """The bodies that were taken, in their order."""
        return [json.loads(body) for _, body in self.taken]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        body = b""
        while True:
            part = await receive()
            if part["type"] == "http.disconnect":  # the sender died before the body was whole
                return
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        self.tries += 1
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if 200 <= self.status < 300:
            self.taken.append((headers, body))
        more = [(b"location", self.location.encode())] if self.location else []
        await send({"type": "http.response.start", "status": self.status, "headers": more})
        await send({"type": "http.response.body", "body": self.answer})
