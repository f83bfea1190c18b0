"""Proofs that a command comes from its sender: one-time codes (RFC 6238), signatures, confirmations; pure."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from pydantic import SecretStr

from glassdome.agents.commands.read import CommandRequest, Signature
from glassdome.core.errors import ConfigError

__all__ = ["Codes", "Proof"]

_STEP: Final = 30
#: Mail takes its time: a code counts for ten minutes, and one step ahead for a clock that is fast.
_STEPS_BACK, _STEPS_AHEAD = 20, 1
#: A signature is good this long before and after the time it names.
_SIGNED_FOR: Final = timedelta(hours=1)
_LEAST_SECRET: Final = 16


class Proof:
    """A proof that held: `nonce` must be used up, it cannot be taken again before `expires`."""

    def __init__(self, nonce: str, expires: datetime) -> None:
        """Keep the nonce that marks the proof as used, and the time when the proof expires."""
        self.nonce, self.expires = nonce, expires


class Codes:
    """Makes and checks the proofs of each sender; every sender's secret follows from one."""

    def __init__(self, secret: SecretStr) -> None:
        """Raises ConfigError for a short secret."""
        self._secret = secret.get_secret_value().encode()
        if len(self._secret) < _LEAST_SECRET:
            raise ConfigError(
                "GLASSDOME_COMMAND_SECRET is too short.", fix=f"Use {_LEAST_SECRET} random characters or more."
            )

    def secret_of(self, sender: str) -> bytes:
        """Return the secret that belongs to one sender, so that no sender can speak for another."""
        return self._mac("sender", sender.lower())[:20]

    def enrolment(self, sender: str) -> str:
        """Return the URI that authenticator apps read, most often as a QR code."""
        secret = base64.b32encode(self.secret_of(sender)).decode()
        return f"otpauth://totp/Glassdome:{quote(sender)}?secret={secret}&issuer=Glassdome"

    def code(self, sender: str, now: datetime) -> str:
        """Return the one-time code of this moment."""
        return self._totp(sender).generate(int(now.timestamp())).decode()

    def sign(self, sender: str, line: str, now: datetime) -> str:
        """Return the line `hmac: TIME DIGEST` for a command line, for programs that command."""
        at = int(now.timestamp())
        return f"hmac: {at} {self._signature(sender, line, at)}"

    def confirmation(self, sender: str, *parts: str) -> str:
        """Return the word that confirms exactly this mail: its parts say which."""
        return self._mac("confirm", sender.lower(), *parts).hex()[:32]

    def check(self, sender: str, request: CommandRequest, now: datetime) -> Proof | None:
        """Return what the request proves, None when it proves nothing."""
        if request.signature is not None:
            return self._signed(sender, request.signature, request.line, now)
        return self._timed(sender, request.code, now) if request.code else None

    def _signed(self, sender: str, signature: Signature, line: str, now: datetime) -> Proof | None:
        wanted = self._signature(sender, line, signature.at)
        fresh = abs(now.timestamp() - signature.at) <= _SIGNED_FOR.total_seconds()
        if not hmac.compare_digest(wanted, signature.digest) or not fresh:
            return None
        return Proof(f"hmac:{wanted}", now + 2 * _SIGNED_FOR)

    def _timed(self, sender: str, code: str, now: datetime) -> Proof | None:
        totp, seconds = self._totp(sender), int(now.timestamp())
        held: int | None = None
        for step in range(seconds // _STEP - _STEPS_BACK, seconds // _STEP + _STEPS_AHEAD + 1):
            # All steps are compared, so that the time taken tells nothing.
            if hmac.compare_digest(totp.generate(step * _STEP), code.encode()):
                held = step
        if held is None:
            return None
        return Proof(f"totp:{sender.lower()}:{held}", now + timedelta(seconds=_STEP * (_STEPS_BACK + _STEPS_AHEAD + 2)))

    def _totp(self, sender: str) -> TOTP:
        # Authenticator apps know SHA-1, six digits, 30 seconds and often nothing else.
        return TOTP(self.secret_of(sender), 6, SHA1(), _STEP)  # noqa: S303

    def _signature(self, sender: str, line: str, at: int) -> str:
        text = "\n".join((sender.lower(), str(at), line))
        return hmac.digest(self.secret_of(sender), text.encode(), sha256).hex()

    def _mac(self, *parts: str) -> bytes:
        return hmac.digest(self._secret, "\0".join(parts).encode(), sha256)
