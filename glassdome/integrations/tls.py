"""How connections are encrypted: always verified, unless a person named a host as insecure."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
from dataclasses import dataclass
from pathlib import Path

from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError
from glassdome.core.log import get_logger

__all__ = ["TlsPolicy", "abort", "load_context", "tls_policy"]

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class TlsPolicy:
    """Which certificates are believed.

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
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as exc:
        raise ConfigError(
            f"The CA file {ca_file} cannot be read: {exc}.",
            fix="GLASSDOME_CA_FILE must be a PEM file with the certificate of your authority.",
        ) from exc
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
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
