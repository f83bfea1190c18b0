"""The settings of the agent and the Overseer; part of `Settings`."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from glassdome.core.config.field import setting

__all__ = ["AgentSettings"]


class AgentSettings(BaseSettings):
    """Limits on the agent's mail, the Overseer's recipients, and the senders that may command by mail."""

    send_per_hour: int = setting(
        "GLASSDOME_SEND_PER_HOUR", 60, "Mails the agent sends per mailbox and hour, at most", ge=1, le=100_000
    )
    send_sensitive: bool = setting(
        "GLASSDOME_SEND_SENSITIVE", False, "Let the agent send mail that holds cards, keys, passwords or ids"
    )
    overseer_mailbox: str = setting(
        "GLASSDOME_OVERSEER_MAILBOX", "", "Mailbox the Overseer writes from and takes commands in"
    )
    overseer_password: SecretStr | None = setting(
        "GLASSDOME_OVERSEER_PASSWORD", None, "Its password; not needed once the mailbox is registered with the agent"
    )
    overseer_recipients: str = setting(
        "GLASSDOME_OVERSEER_RECIPIENTS", "", "Addresses that get alerts and reports, comma-separated"
    )
    overseer_interval: float = setting(
        "GLASSDOME_OVERSEER_INTERVAL", 60.0, "Seconds between two rounds of the Overseer", ge=1, le=86_400
    )
    overseer_timezone: str = setting(
        "GLASSDOME_OVERSEER_TIMEZONE", "UTC", "Time zone of report times and quiet hours, such as Europe/Berlin"
    )
    overseer_daily_at: str = setting(
        "GLASSDOME_OVERSEER_DAILY_AT", "07:00", "When the daily report is sent, HH:MM; `never` for none"
    )
    overseer_weekly_at: str = setting(
        "GLASSDOME_OVERSEER_WEEKLY_AT", "monday 07:00", "When the weekly report is sent; `never` for none"
    )
    overseer_quiet_hours: str = setting(
        "GLASSDOME_OVERSEER_QUIET_HOURS", "", "When only critical alerts are sent, such as 22:00-07:00"
    )
    overseer_alerts_per_hour: int = setting(
        "GLASSDOME_OVERSEER_ALERTS_PER_HOUR", 6, "Alert mails per hour, at most; the rest waits for a digest", ge=1
    )
    command_senders: str = setting(
        "GLASSDOME_COMMAND_SENDERS", "", "Who may command by mail: a@example.org:rw,b@example.org:ro"
    )
    command_secret: SecretStr | None = setting(
        "GLASSDOME_COMMAND_SECRET",
        None,
        "Secret from which each sender's one-time codes are made, 16 characters or more",
    )
    command_codes: Literal["always", "changes"] = setting(
        "GLASSDOME_COMMAND_CODES",
        "always",
        "Which mail commands need a code; `changes` only where your server removes foreign Authentication-Results",
    )
