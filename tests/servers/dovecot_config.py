"""The configuration of the tests' Dovecot, in the words of 2.3 (Debian 12) and of 2.4 (Debian 13)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["DovecotPlan", "configuration", "version_lines"]

_FOLDERS = ("Junk", "Drafts", "Sent", "Trash")


@dataclass(frozen=True, kw_only=True)
class DovecotPlan:
    """The parameters of a configuration, whatever the version."""

    base: Path
    host: str
    domain: str
    user: str
    group: str
    uid: int
    gid: int
    imap_port: int
    imaps_port: int
    lmtp_port: int
    certificate: Path
    key: Path
    lmtp_plugins: str
    imap_plugins: str
    extra: str


def configuration(plan: DovecotPlan, version: str) -> str:
    """Return dovecot.conf for `version` (2.3.19.1, 2.4.1-4)."""
    words = _Words23(plan) if _is_23(version) else _Words24(plan)
    parts = (version_lines(version), _common(plan), words.accounts(), words.plugins(), plan.extra, "")
    return "\n".join(parts)


def version_lines(version: str) -> str:
    """Return what a configuration begins with: from 2.4 on, the version of its words stands before all others."""
    number = version.partition("-")[0]
    return "" if _is_23(version) else f"dovecot_config_version = {number}\ndovecot_storage_version = {number}\n"


def _is_23(version: str) -> bool:
    return version.startswith("2.3")


def _common(plan: DovecotPlan) -> str:
    return f"""
protocols = imap lmtp
base_dir = {plan.base}/run
state_dir = {plan.base}/state
log_path = {plan.base}/dovecot.log
instance_name = glassdome-test
listen = {plan.host}
default_internal_user = {plan.user}
default_internal_group = {plan.group}
default_login_user = {plan.user}
mail_uid = {plan.uid}
mail_gid = {plan.gid}
first_valid_uid = 1
first_valid_gid = 1
mailbox_list_index = yes
auth_mechanisms = plain login
auth_master_user_separator = *
auth_failure_delay = 0
auth_cache_size = 0
recipient_delimiter = +
ssl = yes
ssl_min_protocol = TLSv1.2
mail_max_userip_connections = 500
mail_fsync = never
shutdown_clients = yes
lmtp_save_to_detail_mailbox = no
postmaster_address = postmaster@{plan.domain}
namespace inbox {{
  inbox = yes
  separator = /
{_folders()}
}}
{_services(plan)}
"""


def _folders() -> str:
    return "\n".join(
        f"  mailbox {name} {{\n    auto = subscribe\n    special_use = \\{name}\n  }}" for name in _FOLDERS
    )


def _services(plan: DovecotPlan) -> str:
    return f"""
service submission-login {{
  chroot =
}}
service imap-login {{
  chroot =
  process_limit = 2000
  inet_listener imap {{
    port = {plan.imap_port}
  }}
  inet_listener imaps {{
    port = {plan.imaps_port}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 2000
}}
service lmtp {{
  user = {plan.user}
  inet_listener lmtp {{
    port = {plan.lmtp_port}
  }}
}}
service auth {{
  user = {plan.user}
  client_limit = 8000
  unix_listener auth-userdb {{
    mode = 0666
  }}
  unix_listener auth-sasl {{
    mode = 0666
  }}
}}
service auth-worker {{
  user = {plan.user}
}}
service anvil {{
  chroot =
  client_limit = 8000
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
  client_limit = 8000
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


class _Words23:
    def __init__(self, plan: DovecotPlan) -> None:
        self._plan = plan

    def accounts(self) -> str:
        plan = self._plan
        return f"""
mail_home = {plan.base}/mail/%d/%n
mail_location = maildir:~/Maildir
mail_attribute_dict = file:%h/dovecot-attributes
disable_plaintext_auth = yes
ssl_cert = <{plan.certificate}
ssl_key = <{plan.key}
passdb {{
  driver = passwd-file
  args = {plan.base}/master.passwd
  master = yes
}}
passdb {{
  driver = passwd-file
  args = {plan.base}/users/%Lu
}}
userdb {{
  driver = passwd-file
  args = {plan.base}/users/%Lu
  override_fields = uid={plan.uid} gid={plan.gid}
}}
"""

    def plugins(self) -> str:
        return f"""
protocol imap {{
  mail_plugins = $mail_plugins {self._plan.imap_plugins}
  imap_metadata = yes
}}
protocol lmtp {{
  mail_plugins = $mail_plugins {self._plan.lmtp_plugins}
}}
"""


class _Words24:
    def __init__(self, plan: DovecotPlan) -> None:
        self._plan = plan

    def accounts(self) -> str:
        plan = self._plan
        return f"""
mail_home = {plan.base}/mail/%{{user | domain}}/%{{user | username}}
mail_driver = maildir
mail_path = ~/Maildir
mail_attribute {{
  dict file {{
    path = %{{home}}/dovecot-attributes
  }}
}}
auth_allow_cleartext = no
ssl_server_cert_file = {plan.certificate}
ssl_server_key_file = {plan.key}
passdb master {{
  driver = passwd-file
  passwd_file_path = {plan.base}/master.passwd
  master = yes
}}
passdb users {{
  driver = passwd-file
  passwd_file_path = {plan.base}/users/%{{user | lower}}
}}
userdb users {{
  driver = passwd-file
  passwd_file_path = {plan.base}/users/%{{user | lower}}
  fields {{
    uid = {plan.uid}
    gid = {plan.gid}
  }}
}}
"""

    def plugins(self) -> str:
        return f"""
protocol imap {{
{_switched_on(self._plan.imap_plugins)}
  imap_metadata = yes
}}
protocol lmtp {{
{_switched_on(self._plan.lmtp_plugins)}
}}
"""


def _switched_on(plugins: str) -> str:
    return "\n".join(["  mail_plugins {", *(f"    {name} = yes" for name in plugins.split()), "  }"])
