"""Encrypts connections: always verified, unless a person named a host as insecure."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, Disconnected, TlsFailed, TransportError
from glassdome.core.log import get_logger

__all__ = ["TlsPolicy", "abort", "handshake_problem", "load_context", "tls_policy", "trusting"]

log = get_logger(__name__)


_OWN_CA: Final = "Set GLASSDOME_CA_FILE (in mailcow: MAILCOW_CA_FILE) to the PEM file of that authority."
#: OpenSSL's verification results (X509_V_ERR_...): what they mean to a person, and what to do.
_CERTIFICATE: Final = {
    18: (
        "is self-signed",
        "Set GLASSDOME_CA_FILE (in mailcow: MAILCOW_CA_FILE) to the PEM file of that certificate.",
    ),
    19: ("comes from an unknown authority", _OWN_CA),
    20: ("comes from an unknown authority, or the server does not send the whole chain", _OWN_CA),
    21: ("comes from an unknown authority, or the server does not send the whole chain", _OWN_CA),
    9: ("is not valid yet", "Check this machine's clock and the server's certificate."),
    10: ("has expired", "Renew the server's certificate, or check this machine's clock."),
    62: (
        "is for another name",
        "Connect to the host name that is in the certificate, or set MAILCOW_SERVER_NAME to that name.",
    ),
    64: (
        "is not for this address",
        "Connect to the host name that is in the certificate, or set MAILCOW_SERVER_NAME to that name.",
    ),
}
#: Names of OpenSSL's errors for a server that answered something else than TLS.
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"})
_OLD_TLS: Final = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW"})


def tls_failure(peer: str, exc: ssl.SSLError) -> TransportError:
    """Return the error for a failed handshake with its fix; only a broken connection is temporary."""
    if isinstance(exc, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Disconnected(f"{peer} closed the connection while it was being encrypted.")
    message, fix = handshake_problem(peer, exc)
    return TlsFailed(message, fix=fix, temporary=False)


def handshake_problem(peer: str, exc: ssl.SSLError) -> tuple[str, str]:
    """Return the problem and its fix."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        what, fix = _CERTIFICATE.get(exc.verify_code, ("was not accepted", "Look at it: openssl s_client -connect."))
        return f"The certificate of {peer} {what} ({exc.verify_message.rstrip('.')}).", fix
    if exc.reason in _NO_TLS:
        fix = "Does that port begin with STARTTLS? Set GLASSDOME_IMAP_TLS or GLASSDOME_SMTP_TLS, or the right port."
        return f"{peer} does not speak TLS at once ({exc.reason}).", fix
    if exc.reason in _OLD_TLS:
        return f"{peer} speaks no TLS 1.2 or newer ({exc.reason}).", "Update the server's TLS settings."
    return f"The encrypted connection to {peer} failed: {exc.reason or exc}.", "Check the server's TLS settings."


@dataclass(frozen=True, kw_only=True)
class TlsPolicy:
    """The certificates that are trusted.

    `ca_file` replaces the system's authorities; `server_name` is the name asked for (SNI) and verified instead of the
    host connected to, as inside mailcow's network, where `dovecot` shows the certificate of MAILCOW_HOSTNAME.
    """

    ca_file: Path | None = None
    server_name: str | None = None
    insecure_hosts: frozenset[str] = frozenset()

    def context_for(self, host: str) -> ssl.SSLContext:
        """Return the context for `host`; raises ConfigError when the CA file cannot be read."""
        return load_context(self.ca_file, verified=host.lower() not in self.insecure_hosts)

    def name_for(self, host: str) -> str:
        """Return the name to ask for and verify."""
        return self.server_name or host

    def warn(self) -> None:
        """Log each host whose certificate is not checked; called at every start."""
        for host in sorted(self.insecure_hosts):
            log.warning("certificate_not_checked", host=host, setting="GLASSDOME_INSECURE_HOSTS")


@functools.cache
def load_context(ca_file: Path | None, *, verified: bool = True) -> ssl.SSLContext:
    """Return a client context, TLS 1.2 or newer, made once (reading the authorities takes 10 ms).

    Raises ConfigError when the CA file cannot be read.
    """
    context = trusting(ca_file, "GLASSDOME_CA_FILE")
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def trusting(ca_file: Path | None, setting: str) -> ssl.SSLContext:
    """Return a new context that believes this authority, or the system's; `setting` is named where it cannot be read."""
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as exc:
        raise ConfigError(
            f"The CA file {ca_file} cannot be read: {exc}.",
            fix=f"{setting} must be a PEM file with the certificate of your authority.",
        ) from exc
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def abort(transport: asyncio.WriteTransport) -> None:
    """Drop a connection without a word, whether it is open, closing or closed."""
    # Up to Python 3.11.2 (Debian 12), a TLS transport that was closed twice has nothing left to abort, and trips over it.
    with contextlib.suppress(AttributeError):
        transport.abort()


def tls_policy(settings: Settings) -> TlsPolicy:
    """Return the policy for the mail server that the settings describe."""
    return TlsPolicy(
        ca_file=settings.mailcow_ca_file,
        server_name=settings.mailcow_server_name,
        insecure_hosts=settings.insecure_host_names,
    )
