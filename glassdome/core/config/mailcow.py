"""The settings of the mail server: mailcow's API as the first seed names it, IMAP and submission of any server."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from glassdome.core.config.field import setting
from glassdome.core.limits import MAX_IMAP_CONNECTIONS_PER_MAILBOX

__all__ = ["MailcowSettings", "TlsMode"]

TlsMode = Literal["implicit", "starttls"]
#: The ports where TLS begins at once (RFC 8314 3.2 and 3.3), and those that begin in clear.
_IMPLICIT_PORTS: Final = {"imap": 993, "smtp": 465}
_STARTTLS_PORTS: Final = {"imap": 143, "smtp": 587}


class MailcowSettings(BaseSettings):
    """The addresses of mailcow's API, IMAP and submission, and the credentials for them."""

    mailcow_api_url: str | None = setting(
        "MAILCOW_API_URL", None, "Base URL of mailcow, such as https://mail.example.org; unset: another mail server"
    )
    mailcow_api_key: SecretStr | None = setting("MAILCOW_API_KEY", None, "mailcow API key (X-API-Key)")
    mail_api_uid: str | None = setting("MAIL_API_UID", None, "User name for a proxy that wants Basic authentication")
    mail_api_pw: SecretStr | None = setting("MAIL_API_PW", None, "Password for a proxy that wants Basic authentication")
    mailcow_domain: str | None = setting("MAILCOW_DOMAIN", None, "Domain of the agent's mailboxes")
    mailcow_ca_file: Path | None = setting(
        "GLASSDOME_CA_FILE",
        None,
        "PEM file of a private certificate authority, for IMAP, SMTP and mailcow's API",
        also=("MAILCOW_CA_FILE",),
    )
    mailcow_server_name: str | None = setting(
        "MAILCOW_SERVER_NAME", None, "Name in the certificate, where it is not the host name connected to"
    )
    mailcow_imap_host: str | None = setting(
        "GLASSDOME_IMAP_HOST", None, "IMAP host; default: the host of MAILCOW_API_URL", also=("MAILCOW_IMAP_HOST",)
    )
    mailcow_imap_port: int = setting(
        "GLASSDOME_IMAP_PORT",
        993,
        "IMAP port; 143 where GLASSDOME_IMAP_TLS is `starttls`",
        also=("MAILCOW_IMAP_PORT",),
        ge=1,
        le=65535,
    )
    imap_tls: TlsMode | None = setting(
        "GLASSDOME_IMAP_TLS",
        None,
        "How IMAP is encrypted: `implicit` (TLS at once) or `starttls`; unset: implicit on port 993, else starttls",
    )
    imap_connections: int = setting(
        "GLASSDOME_IMAP_CONNECTIONS",
        MAX_IMAP_CONNECTIONS_PER_MAILBOX,
        "IMAP connections per mailbox at most, of each process; with 1 new mail waits for the next poll, since IDLE holds one",
        ge=1,
        le=50,
    )
    mailcow_smtp_host: str | None = setting(
        "GLASSDOME_SMTP_HOST",
        None,
        "Host to send mail through; default: the host of MAILCOW_API_URL",
        also=("MAILCOW_SMTP_HOST",),
    )
    mailcow_smtp_port: int = setting(
        "GLASSDOME_SMTP_PORT",
        587,
        "Submission port; 465 where GLASSDOME_SMTP_TLS is `implicit`",
        also=("MAILCOW_SMTP_PORT",),
        ge=1,
        le=65535,
    )
    smtp_tls: TlsMode | None = setting(
        "GLASSDOME_SMTP_TLS",
        None,
        "How SMTP is encrypted: `implicit` (TLS at once) or `starttls`; unset: implicit on port 465, else starttls",
    )
    insecure_hosts: str = setting(
        "GLASSDOME_INSECURE_HOSTS",
        "",
        "Hosts, comma-separated, whose certificate is not checked (logged at each start)",
    )

    @property
    def imap_host(self) -> str | None:
        """The IMAP host, by default that of the API URL."""
        return self.mailcow_imap_host or self._api_host

    @property
    def imap_port(self) -> int:
        """The IMAP port, by default the usual one of the encryption chosen."""
        return self._port("imap", self.mailcow_imap_port, self.imap_tls)

    @property
    def imap_implicit(self) -> bool:
        """IMAP speaks TLS before the first byte, rather than STARTTLS."""
        return _is_implicit("imap", self.imap_port, self.imap_tls)

    @property
    def smtp_host(self) -> str | None:
        """The submission host, by default that of the API URL."""
        return self.mailcow_smtp_host or self._api_host

    @property
    def smtp_port(self) -> int:
        """The submission port, by default the usual one of the encryption chosen."""
        return self._port("smtp", self.mailcow_smtp_port, self.smtp_tls)

    @property
    def smtp_implicit(self) -> bool:
        """Submission speaks TLS before the first byte, rather than STARTTLS."""
        return _is_implicit("smtp", self.smtp_port, self.smtp_tls)

    @property
    def _api_host(self) -> str | None:
        return urlsplit(self.mailcow_api_url).hostname if self.mailcow_api_url else None

    def _port(self, protocol: str, port: int, mode: TlsMode | None) -> int:
        if mode is None or f"mailcow_{protocol}_port" in self.model_fields_set:
            return port
        return (_IMPLICIT_PORTS if mode == "implicit" else _STARTTLS_PORTS)[protocol]


def _is_implicit(protocol: str, port: int, mode: TlsMode | None) -> bool:
    return port == _IMPLICIT_PORTS[protocol] if mode is None else mode == "implicit"
