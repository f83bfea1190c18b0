"""Encrypts connections to model servers: a private authority, a client certificate, and what can go wrong."""

from __future__ import annotations

import re
import ssl
from typing import Final

from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, ModelUnavailable
from glassdome.integrations.tls import handshake_problem, trusting

__all__ = ["certificate_wanted", "model_context", "model_tls_problem", "wants_certificate"]

#: Reasons of a server that wants a client certificate, or another one.
_CLIENT_REFUSED: Final = re.compile(
    r"ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_\w+|ACCESS_DENIED)"
)
_MODEL_CERT: Final = "Set GLASSDOME_MODEL_CERT_FILE and GLASSDOME_MODEL_KEY_FILE to a certificate that it accepts."
_NO_STARTTLS: Final = (
    "Does that port begin with STARTTLS? Set GLASSDOME_IMAP_TLS or GLASSDOME_SMTP_TLS, or the right port.",
    "Is it http instead of https, or another port?",
)


def model_context(settings: Settings) -> ssl.SSLContext | None:
    """Return the context for model servers, None where the system's authorities and no client certificate do.

    Raises ConfigError when a file cannot be read, or the key is not that of the certificate.
    """
    ca_file, cert_file, key_file = settings.model_ca_file, settings.model_cert_file, settings.model_key_file
    if key_file is not None and cert_file is None:
        raise ConfigError("GLASSDOME_MODEL_KEY_FILE is set without GLASSDOME_MODEL_CERT_FILE.", fix="Set both.")
    if ca_file is None and cert_file is None:
        return None
    context = trusting(ca_file, "GLASSDOME_MODEL_CA_FILE")
    if cert_file is not None:
        try:
            # Without a passphrase of ours OpenSSL would ask at the terminal, where there is one.
            context.load_cert_chain(cert_file, key_file, password="")
        except (OSError, ssl.SSLError, ValueError) as exc:
            raise ConfigError(
                f"The client certificate {cert_file} cannot be used: {exc}.",
                fix="GLASSDOME_MODEL_CERT_FILE must be a PEM file with the certificate, and GLASSDOME_MODEL_KEY_FILE one"
                " with its key, without a passphrase; may this user read both?",
            ) from exc
    return context


def model_tls_problem(url: str, exc: BaseException) -> tuple[str, str] | None:
    """Return the TLS error with a model server and its fix; None where `exc` comes from something else."""
    cause: BaseException | None = exc
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if cause is None or isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return None
    if cause.reason and _CLIENT_REFUSED.search(cause.reason):
        return f"The model server at {url} refuses our client certificate ({cause.reason}).", _MODEL_CERT
    what, fix = handshake_problem(url, cause)
    fix = fix.replace("GLASSDOME_CA_FILE (in mailcow: MAILCOW_CA_FILE)", "GLASSDOME_MODEL_CA_FILE")
    return what, fix.replace(", or set MAILCOW_SERVER_NAME to that name", "").replace(*_NO_STARTTLS)


def wants_certificate(words: str) -> bool:
    """Return whether an HTTP 400 is nginx's for a missing or wrong client certificate, which it reads after the handshake."""
    return "SSL certificate" in words


def certificate_wanted(url: str) -> ModelUnavailable:
    """Return the error for it."""
    return ModelUnavailable(f"The model server at {url} wants another client certificate, or any.", fix=_MODEL_CERT)
