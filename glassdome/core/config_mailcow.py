"""The settings of the mail server, as the first seed names them; part of `Settings`."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from glassdome.core.config_field import named

__all__ = ["MailcowSettings"]


class MailcowSettings(BaseSettings):
    """Where mailcow's API, IMAP and submission answer, and how to be let in."""

    mailcow_api_url: str | None = named(
        "MAILCOW_API_URL", None, "Base URL of mailcow, such as https://mail.example.org"
    )
    mailcow_api_key: SecretStr | None = named("MAILCOW_API_KEY", None, "mailcow API key (X-API-Key)")
    mail_api_uid: str | None = named("MAIL_API_UID", None, "User name for a proxy that wants Basic authentication")
    mail_api_pw: SecretStr | None = named("MAIL_API_PW", None, "Password for a proxy that wants Basic authentication")
    mailcow_domain: str | None = named("MAILCOW_DOMAIN", None, "Domain of the agent's mailboxes")
    mailcow_ca_file: Path | None = named("MAILCOW_CA_FILE", None, "PEM file of a private certificate authority")
    mailcow_server_name: str | None = named(
        "MAILCOW_SERVER_NAME", None, "Name in the certificate, where it is not the host name connected to"
    )
    mailcow_imap_host: str | None = named("MAILCOW_IMAP_HOST", None, "IMAP host; default: the API URL's host")
    mailcow_imap_port: int = named(
        "MAILCOW_IMAP_PORT", 993, "993 speaks TLS at once, any other port STARTTLS", ge=1, le=65535
    )
    mailcow_smtp_host: str | None = named("MAILCOW_SMTP_HOST", None, "SMTP host; default: the API URL's host")
    mailcow_smtp_port: int = named(
        "MAILCOW_SMTP_PORT", 587, "465 speaks TLS at once, any other port STARTTLS", ge=1, le=65535
    )
    insecure_hosts: str = named(
        "GLASSDOME_INSECURE_HOSTS",
        "",
        "Hosts, comma-separated, whose certificate is not checked (logged at each start)",
    )
