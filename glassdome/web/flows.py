"""Sign-ins through the identity provider that are on their way: each is sealed into a cookie of the browser that began it."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import SecretStr

from glassdome.core.errors import ConfigError
from glassdome.core.limits import PROVIDER_FLOW_SECONDS
from glassdome.core.secrets import SecretBox, reveal
from glassdome.values.identity import ProviderFlow

__all__ = ["FLOW_COOKIE", "Flows", "new_flow"]

#: The provider leads back from another site, so this cookie alone is Lax; sessions stay Strict.
FLOW_COOKIE: Final = "glassdome_flow"
_PURPOSE: Final = "provider flow"


def new_flow(back: str, *, now: datetime) -> ProviderFlow:
    """Return a flow with fresh secrets; the verifier has 43 characters or more (RFC 7636 4.1)."""
    return ProviderFlow(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=SecretStr(secrets.token_urlsafe(48)),
        back=back,
        begun=now,
    )


class Flows:
    """Seals flows and opens them again."""

    def __init__(self, box: SecretBox) -> None:
        """Every process with the same box knows the same flows."""
        self._box = box

    def seal(self, flow: ProviderFlow) -> str:
        """Return the cookie's text."""
        facts = {"for": _PURPOSE, "state": flow.state, "nonce": flow.nonce, "verifier": reveal(flow.verifier)}
        return self._box.encrypt(json.dumps(facts | {"back": flow.back, "begun": flow.begun.timestamp()}))

    def open(self, cookie: str | None, *, now: datetime) -> ProviderFlow | None:
        """Return the flow of a cookie that is ours and not too old."""
        try:
            facts = json.loads(self._box.decrypt(cookie or "").get_secret_value())
        except (ConfigError, ValueError):
            return None
        if not isinstance(facts, dict) or facts.get("for") != _PURPOSE:
            return None
        begun = datetime.fromtimestamp(facts["begun"], UTC)
        if now >= begun + timedelta(seconds=PROVIDER_FLOW_SECONDS):
            return None
        verifier = SecretStr(facts["verifier"])
        return ProviderFlow(
            state=facts["state"], nonce=facts["nonce"], verifier=verifier, back=facts["back"], begun=begun
        )
