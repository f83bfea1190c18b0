"""Make the servers that mail is read from and sent through, from the settings."""

from __future__ import annotations

from glassdome.core.config import Settings
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.smtp.sender import SmtpServer
from glassdome.integrations.tls import tls_policy

__all__ = ["imap_server", "smtp_server"]


def imap_server(settings: Settings) -> ImapServer:
    """Return the IMAP server; raises ConfigError for a CA file that cannot be read."""
    host, port = settings.imap_host or "", settings.imap_port
    return ImapServer(
        host=host,
        port=port,
        tls=tls_policy(settings),
        implicit_tls=settings.imap_implicit,
        connections=settings.imap_connections,
    )


def smtp_server(settings: Settings) -> SmtpServer:
    """Return the submission server; raises ConfigError for a CA file that cannot be read."""
    host, port = settings.smtp_host or "", settings.smtp_port
    return SmtpServer(host=host, port=port, tls=tls_policy(settings), implicit_tls=settings.smtp_implicit)
