"""Submits mail by SMTP over TLS (RFC 6409)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiosmtplib

from glassdome.core.errors import (
    ConnectFailed,
    Disconnected,
    InputError,
    InvalidAddress,
    LoginRefused,
    LoginUnsupported,
    ProtocolViolation,
    SmtpRefused,
    TimedOut,
    TlsFailed,
)
from glassdome.core.limits import MAX_PEER_WORDS_CHARS, MAX_RECIPIENTS, SMTP_COMMAND_SECONDS, SMTP_DATA_SECONDS
from glassdome.core.secrets import reveal
from glassdome.integrations.smtp.addresses import envelope_address, needs_smtputf8
from glassdome.integrations.tls import TlsPolicy, abort, tls_failure
from glassdome.values.credentials import Credentials
from glassdome.values.outgoing import Envelope, RecipientOutcome, RecipientResult, SendOutcome

__all__ = ["IMPLICIT_TLS_PORT", "SmtpSender", "SmtpServer"]

#: The port that speaks TLS at once (RFC 8314 3.3); any other must offer STARTTLS.
IMPLICIT_TLS_PORT = 465


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """The submission server. `implicit_tls` None means: by the port."""

    host: str
    port: int = 587
    tls: TlsPolicy
    implicit_tls: bool | None = None

    @property
    def implicit(self) -> bool:
        """TLS before the first byte, rather than STARTTLS."""
        return self.port == IMPLICIT_TLS_PORT if self.implicit_tls is None else self.implicit_tls


class SmtpSender:
    """One connection per mail: submission is rare, and a kept connection would be one more thing that can be stale."""

    def __init__(self, server: SmtpServer) -> None:
        """Nothing is connected yet."""
        self._server = server
        self._peer = f"{server.host}:{server.port}"

    async def send(self, envelope: Envelope, message: bytes, credentials: Credentials) -> SendOutcome:
        """Submit one composed message and return what became of each recipient.

        Raises only while nothing was sent yet, so that a retry is safe: TransportError, LoginRefused, SmtpRefused (the
        sender is refused), InvalidAddress, InputError. Once the message itself is on its way, a lost connection or a
        timeout is an outcome, `unknown`, and no error.
        """
        mail_from, recipients = _checked(envelope, message)
        async with self._connected(mail_from) as smtp:
            options = _options(smtp, (mail_from, *recipients), message)
            await self._log_in(smtp, credentials)
            await self._mail_from(smtp, mail_from, options)
            results = [await _recipient(smtp, address, "SMTPUTF8" in options) for address in recipients]
            if any(result.outcome is RecipientOutcome.ACCEPTED for result in results):
                results = await _data(smtp, message, results)
        return SendOutcome(recipients=tuple(results))

    async def probe(self) -> None:
        """Connect, encrypt and leave; raises as `send` does before it logs in."""
        async with self._connected(""):
            pass

    async def aclose(self) -> None:
        """Nothing is kept open."""

    # -- inside

    @contextlib.asynccontextmanager
    async def _connected(self, mail_from: str) -> AsyncIterator[aiosmtplib.SMTP]:
        """Connect and encrypt, and translate what the library raises."""
        smtp: aiosmtplib.SMTP | None = None
        transport: asyncio.BaseTransport | None = None
        try:
            tls, host = self._server.tls, self._server.host
            smtp = aiosmtplib.SMTP(
                hostname=tls.name_for(host),
                sock=await self._socket(),
                use_tls=self._server.implicit,
                start_tls=False,
                tls_context=tls.context_for(host),
                timeout=SMTP_COMMAND_SECONDS,
                local_hostname=mail_from.rpartition("@")[2] or "localhost",
            )
            await smtp.connect()
            await smtp.ehlo()
            if not self._server.implicit:
                await self._start_tls(smtp)
            transport = smtp.transport
            yield smtp
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await smtp.quit(timeout=1)
        except (aiosmtplib.SMTPTimeoutError, TimeoutError) as exc:
            raise TimedOut(f"{self._peer} did not answer within {SMTP_COMMAND_SECONDS:.0f} seconds.") from exc
        except ssl.SSLError as exc:
            raise tls_failure(self._peer, exc) from exc
        except aiosmtplib.SMTPConnectResponseError as exc:
            raise ConnectFailed(f"{self._peer} refuses connections: {exc.code} {_words(exc.message)}") from exc
        except aiosmtplib.SMTPConnectError as exc:
            if isinstance(exc.__cause__, ssl.SSLError):
                raise tls_failure(self._peer, exc.__cause__) from exc
            raise ConnectFailed(f"{self._peer} cannot be reached: {exc}.") from exc
        except (aiosmtplib.SMTPServerDisconnected, ConnectionError) as exc:
            raise Disconnected(f"{self._peer} closed the connection.") from exc
        except aiosmtplib.SMTPResponseException as exc:
            raise SmtpRefused(f"{self._peer} refused: {_words(exc.message)}", reply_code=exc.code) from exc
        except aiosmtplib.SMTPException as exc:
            raise ProtocolViolation(f"{self._peer} did not speak SMTP as it should: {exc}.") from exc
        finally:
            if smtp is not None:
                _drop(smtp, transport or smtp.transport)

    async def _socket(self) -> socket.socket:
        # Connected here, not by the library, so that the name verified may differ from the host connected to.
        loop = asyncio.get_running_loop()
        problem: OSError | None = None
        try:
            async with asyncio.timeout(SMTP_COMMAND_SECONDS):
                found = await loop.getaddrinfo(self._server.host, self._server.port, type=socket.SOCK_STREAM)
                for family, kind, protocol, _, address in found:
                    peer = socket.socket(family, kind, protocol)
                    peer.setblocking(False)
                    try:
                        await loop.sock_connect(peer, address)
                        return peer
                    except OSError as exc:
                        peer.close()
                        problem = exc
                    except BaseException:
                        peer.close()
                        raise
        except OSError as exc:
            problem = problem or exc
        why = problem.strerror if problem else "the name has no address"
        raise ConnectFailed(f"{self._peer} cannot be reached: {why}.") from problem

    async def _start_tls(self, smtp: aiosmtplib.SMTP) -> None:
        if not smtp.supports_extension("starttls"):
            raise TlsFailed(
                f"{self._peer} offers no encryption (STARTTLS).",
                fix="Use port 465 (GLASSDOME_SMTP_TLS=implicit), and check that nothing between here and the server alters"
                " the connection.",
            )
        try:
            await smtp.starttls(tls_context=self._server.tls.context_for(self._server.host))
        except aiosmtplib.SMTPResponseException as exc:
            raise TlsFailed(f"{self._peer} refused encryption: {_words(exc.message)}") from exc
        await smtp.ehlo()

    async def _log_in(self, smtp: aiosmtplib.SMTP, credentials: Credentials) -> None:
        if not smtp.supports_extension("auth"):
            raise LoginRefused(f"{self._peer} offers no login.", fix="Use a submission port (465 or 587), not port 25.")
        if not smtp.supported_auth_methods:
            offered = ", ".join(smtp.server_auth_methods).upper() or "nothing"
            raise LoginUnsupported(
                f"{self._peer} takes no login by password: it offers {offered}.",
                fix="Switch on submission with an app password there; tokens (XOAUTH2) are not spoken here.",
            )
        try:
            await smtp.login(credentials.user, reveal(credentials.password) or "")
        except aiosmtplib.SMTPAuthenticationError as exc:
            if 400 <= exc.code < 500:
                raise ConnectFailed(f"{self._peer} cannot check logins at present: {_words(exc.message)}") from exc
            raise LoginRefused(
                f"{self._peer} refused the login of {credentials.user}.",
                fix="Check the password, or the app password's permission for SMTP.",
            ) from exc

    async def _mail_from(self, smtp: aiosmtplib.SMTP, mail_from: str, options: list[str]) -> None:
        try:
            await smtp.mail(mail_from, options=options, encoding="utf-8" if "SMTPUTF8" in options else "ascii")
        except aiosmtplib.SMTPSenderRefused as exc:
            raise SmtpRefused(
                f"{self._peer} refused the sender {mail_from}: {_words(exc.message)}", reply_code=exc.code
            ) from exc


def _drop(smtp: aiosmtplib.SMTP, transport: asyncio.BaseTransport | None) -> None:
    # A mere close waits for the peer's end of TLS, which a peer that failed us may never send.
    smtp.close()
    if isinstance(transport, asyncio.WriteTransport):
        abort(transport)


def _checked(envelope: Envelope, message: bytes) -> tuple[str, tuple[str, ...]]:
    if not 0 < len(envelope.recipients) <= MAX_RECIPIENTS:
        raise InputError(f"A mail needs 1 to {MAX_RECIPIENTS} recipients, not {len(envelope.recipients)}.")
    header = message.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    if any(line.lower().startswith((b"bcc:", b"resent-bcc:")) for line in header.split(b"\n")):
        raise InputError("The message has a Bcc field, which would tell every recipient of the hidden ones.")
    mail_from = envelope_address(envelope.mail_from) if envelope.mail_from else ""
    return mail_from, tuple(dict.fromkeys(envelope_address(address) for address in envelope.recipients))


def _options(smtp: aiosmtplib.SMTP, addresses: tuple[str, ...], message: bytes) -> list[str]:
    options = []
    if smtp.supports_extension("size"):
        options.append(f"SIZE={len(message)}")
    if not message.isascii():
        if not smtp.supports_extension("8bitmime"):
            raise InputError("The server takes no 8-bit message: encode it as base64 or quoted-printable.")
        options.append("BODY=8BITMIME")
    international = [address for address in addresses if needs_smtputf8(address)]
    if international:
        if not smtp.supports_extension("smtputf8"):
            raise InvalidAddress(
                f"The mail server cannot send to or from {international[0]!r}: it lacks SMTPUTF8 (RFC 6531).",
                fix="Use an address whose part before the @ is ASCII.",
            )
        options.append("SMTPUTF8")
    return options


async def _recipient(smtp: aiosmtplib.SMTP, address: str, utf8: bool) -> RecipientResult:
    try:
        reply = await smtp.rcpt(address, encoding="utf-8" if utf8 else "ascii")
    except aiosmtplib.SMTPRecipientRefused as exc:
        return _refused(address, exc.code, exc.message)
    return RecipientResult(
        address=address, outcome=RecipientOutcome.ACCEPTED, reply_code=reply.code, reply=_words(reply.message)
    )


async def _data(smtp: aiosmtplib.SMTP, message: bytes, results: list[RecipientResult]) -> list[RecipientResult]:
    """Send the message itself; its answer is that of every recipient accepted so far."""

    def each(code: int, words: str, outcome: RecipientOutcome | None = None) -> list[RecipientResult]:
        return [
            result
            if result.outcome is not RecipientOutcome.ACCEPTED
            else RecipientResult(address=result.address, outcome=outcome, reply_code=code, reply=_words(words))
            if outcome
            else _refused(result.address, code, words)
            for result in results
        ]

    try:
        reply = await smtp.data(message, timeout=SMTP_DATA_SECONDS)
    except aiosmtplib.SMTPDataError as exc:
        return each(exc.code, exc.message)
    except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError) as exc:
        return each(0, f"the answer was lost: {exc}", RecipientOutcome.UNKNOWN)
    return each(reply.code, reply.message, RecipientOutcome.ACCEPTED)


def _refused(address: str, code: int, words: str) -> RecipientResult:
    outcome = RecipientOutcome.DEFERRED if 400 <= code < 500 else RecipientOutcome.REFUSED
    return RecipientResult(address=address, outcome=outcome, reply_code=code, reply=_words(words))


def _words(message: str) -> str:
    return " ".join(message.split())[:MAX_PEER_WORDS_CHARS]
