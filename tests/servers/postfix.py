"""A private Postfix 3.7: inbound SMTP, submission by STARTTLS and by TLS at once, delivery to Dovecot by LMTP."""

from __future__ import annotations

import grp
import os
import pwd
import time
from pathlib import Path

from tests.servers.dovecot import DOMAIN, Dovecot
from tests.servers.process import ServerProcess, free_port, server_environment

__all__ = ["REFUSED", "TEMPORARILY_REFUSED", "Postfix"]

#: Recipients that are refused at RCPT TO, for good and for now.
REFUSED = f"refused@{DOMAIN}"
TEMPORARILY_REFUSED = f"later@{DOMAIN}"

_QUEUES = (
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace",
)  # fmt: skip
_SERVICES = """
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """One instance in front of a Dovecot; its master process needs root."""

    def __init__(self, base: Path, dovecot: Dovecot, *, extra: str = "") -> None:
        """`extra` is appended to main.cf."""
        if os.getuid() != 0:
            raise RuntimeError("Postfix's master process needs root: run the tests as root.")
        self.base = base
        self.host = "127.0.0.1"
        self.smtp_port, self.submission_port, self.submissions_port = free_port(), free_port(), free_port()
        self._dovecot = dovecot
        self._extra = extra
        self._process: ServerProcess | None = None

    def start(self) -> None:
        """Write the configuration and start; returns when submission greets."""
        etc = self.base / "etc"
        etc.mkdir(parents=True)
        (etc / "main.cf").write_text(self._main())
        (etc / "master.cf").write_text(self._master())
        (etc / "senders").write_text("/^(.*)$/ $1\n")
        (etc / "header_checks").write_text("/^X-Refuse: yes/ REJECT refused for its content\n")
        self._make_queue()
        for name in ("main.cf", "master.cf"):
            # Postfix re-reads a main.cf younger than two seconds again and again, which delays its start.
            os.utime(etc / name, (time.time() - 60, time.time() - 60))
        self._process = ServerProcess(
            ["/usr/lib/postfix/sbin/master", "-c", str(etc), "-d"],
            output=self.base / "output",
            env=server_environment(MAIL_CONFIG=str(etc)),
            cwd="/",
        )
        self._process.wait_for_banner(self.submission_port, b"220")

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def log(self) -> str:
        """Return Postfix's log so far."""
        file = self.base / "maillog"
        return file.read_text(errors="replace") if file.exists() else ""

    def _make_queue(self) -> None:
        owner, drop = pwd.getpwnam("postfix").pw_uid, grp.getgrnam("postdrop").gr_gid
        queue = self.base / "queue"
        queue.mkdir()
        self.base.chmod(0o755)
        for name in _QUEUES:
            (queue / name).mkdir(mode=0o700)
            os.chown(queue / name, owner, 0)
        for name, mode in (("maildrop", 0o730), ("public", 0o710)):
            (queue / name).mkdir()
            os.chown(queue / name, owner, drop)
            (queue / name).chmod(mode)
        (queue / "pid").mkdir(mode=0o755)
        (self.base / "data").mkdir()
        os.chown(self.base / "data", owner, 0)

    def _master(self) -> str:
        submission = """  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_sender_restrictions=reject_authenticated_sender_login_mismatch
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_recipient_restrictions=$submission_recipient_restrictions"""
        return f"""{self.host}:{self.smtp_port} inet  n - n - - smtpd
{self.host}:{self.submission_port} inet  n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
{submission}
{self.host}:{self.submissions_port} inet  n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
{submission}
{_SERVICES}"""

    def _main(self) -> str:
        base, certificates = self.base, self._dovecot.certificates
        return f"""
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = /tmp
maillog_file = {base}/maillog
myhostname = mail.{DOMAIN}
mydestination =
mynetworks =
inet_interfaces = {self.host}
inet_protocols = ipv4
multi_instance_enable = no
alias_maps =
alias_database =
local_transport = error:no local delivery
relay_transport = error:no relaying in tests
default_transport = error:no outbound mail in tests
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_maps = static:ok
virtual_transport = lmtp:inet:{self.host}:{self._dovecot.lmtp_port}
lmtp_destination_recipient_limit = 1
recipient_delimiter = +
disable_dns_lookups = yes
smtputf8_enable = no
header_checks = regexp:{base}/etc/header_checks
smtpd_peername_lookup = no
smtpd_banner = $myhostname ESMTP
submission_recipient_restrictions = check_recipient_access inline:{{
  {{{REFUSED} = 550 5.1.1 No such person}},
  {{{TEMPORARILY_REFUSED} = 450 4.2.1 Come back later}}}},
  permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_relay_restrictions = reject_unauth_destination
smtpd_sender_login_maps = regexp:{base}/etc/senders
smtpd_sasl_type = dovecot
smtpd_sasl_path = {self._dovecot.sasl_socket}
smtpd_sasl_auth_enable = no
smtpd_tls_cert_file = {certificates.certificate}
smtpd_tls_key_file = {certificates.key}
smtpd_tls_security_level = may
smtpd_tls_session_cache_database =
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
message_size_limit = 5242880
mailbox_size_limit = 0
queue_run_delay = 5s
minimal_backoff_time = 5s
maximal_backoff_time = 10s
in_flow_delay = 0
{self._extra}
"""
