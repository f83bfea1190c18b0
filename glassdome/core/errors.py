"""Every error Glassdome raises, in one tree.

    GlassdomeError
      ConfigError (SandboxMissing)
      InputError (UnknownAction, InvalidAddress, InvalidQuery)
      AccessDenied (NotAuthenticated, IdentityRefused)
      NotFound (FolderMissing)
      Conflict (UidValidityChanged, SettingPinned)
      TransportError (ConnectFailed, TimedOut, Disconnected, TlsFailed [or not])     temporary
      PeerRefused (MailcowRefused, LoginRefused (LoginUnsupported), ImapRefused (KeywordsUnsupported), SmtpRefused,
                   RecipientsRefused)
      ProtocolViolation
      ParseError (MessageTooLarge, NotAMessage)
      EngineError (ModelUnavailable [temporary] (ModelTooSlow, ModelBroke), ModelMissing, OutputInvalid, PromptTooLarge)
      StoreError (StoreUnavailable [temporary], SchemaMismatch)
      PolicyRefused (ActionForbidden, RateLimited [temporary])
      AnalysisFailed, Broken, Stopping

Each class has a stable `code`, an HTTP `status` for the API edge, and `temporary`: the only thing retry asks.
The first line of its docstring is the public sentence when no message is given.
"""

from __future__ import annotations

from typing import Any, ClassVar

from glassdome.core.places import without_places

__all__ = [
    "AccessDenied", "ActionForbidden", "AnalysisFailed", "Broken", "ConfigError", "Conflict", "ConnectFailed",
    "Disconnected", "EngineError", "FolderMissing", "GlassdomeError", "IdentityRefused", "ImapRefused", "InputError",
    "InvalidAddress", "InvalidQuery", "KeywordsUnsupported", "LoginRefused", "LoginUnsupported",
    "MailcowRefused", "MessageTooLarge", "ModelBroke", "ModelMissing", "ModelTooSlow", "ModelUnavailable",
    "NotAMessage", "NotAuthenticated", "NotFound", "OutputInvalid", "ParseError", "PeerRefused", "PolicyRefused", "PromptTooLarge",
    "ProtocolViolation", "RateLimited", "RecipientsRefused", "SandboxMissing", "SchemaMismatch",
    "SettingPinned", "SmtpRefused", "Stopping", "StoreError", "StoreUnavailable", "TimedOut", "TlsFailed",
    "TransportError", "UidValidityChanged", "UnknownAction",
]  # fmt: skip


class GlassdomeError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    temporary: bool = False

    def __init__(self, message: str = "", *, fix: str = "", **facts: Any) -> None:
        """`message` says what was wrong, `fix` what to do about it; `facts` go to the log, never to a peer."""
        self.message = message or (self.__doc__ or "").splitlines()[0]
        self.fix = fix
        self.facts = facts
        super().__init__(self.public_message)

    @property
    def public_message(self) -> str:
        """The public text: the problem, then its fix."""
        return f"{self.message} {self.fix}".strip()

    @property
    def outward(self) -> str:
        """The sentence for a peer: where a server behind us failed, without its host and port."""
        return without_places(self.public_message) if self.status >= 500 else self.public_message


class ConfigError(GlassdomeError):
    """A setting is missing or wrong."""

    code = "config_error"


class SandboxMissing(ConfigError):
    """No sandbox can be had, so attached files are not read."""

    code = "sandbox_missing"


class InputError(GlassdomeError):
    """The request is not well-formed."""

    code = "bad_request"
    status = 400


class UnknownAction(InputError):
    """There is no such action."""

    code = "unknown_action"


class InvalidAddress(InputError):
    """That is not an e-mail address (RFC 5321 4.1.2)."""

    code = "invalid_address"


class InvalidQuery(InputError):
    """A query parameter is wrong."""

    code = "invalid_query"


class AccessDenied(GlassdomeError):
    """The key does not allow this."""

    code = "access_denied"
    status = 403


class NotAuthenticated(AccessDenied):
    """A valid API key is needed."""

    code = "authentication_failed"
    status = 401


class IdentityRefused(AccessDenied):
    """The identity provider's answer does not prove who you are."""

    code = "identity_refused"


class NotFound(GlassdomeError):
    """There is no such thing."""

    code = "not_found"
    status = 404


class FolderMissing(NotFound):
    """The mailbox has no such folder."""

    code = "folder_missing"


class Conflict(GlassdomeError):
    """It is in a state that does not allow this."""

    code = "conflict"
    status = 409


class UidValidityChanged(Conflict):
    """The folder was rebuilt, so the message's UID no longer names it (RFC 9051 2.3.1.1)."""

    code = "uid_validity_changed"


class SettingPinned(Conflict):
    """The environment fixes this setting, so it cannot be changed here."""

    code = "setting_pinned"


class TransportError(GlassdomeError):
    """The server could not be reached."""

    code = "transport_error"
    status = 503
    temporary = True


class ConnectFailed(TransportError):
    """The connection could not be made."""

    code = "connect_failed"


class TimedOut(TransportError):
    """The server did not answer in time."""

    code = "timed_out"


class Disconnected(TransportError):
    """The server closed the connection."""

    code = "disconnected"


class TlsFailed(TransportError):
    """The encrypted connection could not be made; not temporary where the certificate or the settings are wrong."""

    code = "tls_failed"

    def __init__(self, message: str = "", *, temporary: bool = True, fix: str = "", **facts: Any) -> None:
        """`temporary` says that nothing need be changed before it may work again."""
        super().__init__(message, fix=fix, **facts)
        self.temporary = temporary


class PeerRefused(GlassdomeError):
    """The server refused."""

    code = "peer_refused"
    status = 502


class MailcowRefused(PeerRefused):
    """mailcow refused the request."""

    code = "mailcow_refused"


class LoginRefused(PeerRefused):
    """The mail server refused the login."""

    code = "login_refused"


class LoginUnsupported(LoginRefused):
    """The mail server takes no login by password."""

    code = "login_unsupported"


class ImapRefused(PeerRefused):
    """The IMAP server refused the command; temporary unless it says why it always will (RFC 5530)."""

    code = "imap_refused"

    def __init__(
        self, message: str = "", *, temporary: bool = False, away: bool = False, fix: str = "", **facts: Any
    ) -> None:
        """With `away` the server, the account or the folder is not to be had now, whichever message is asked for."""
        super().__init__(message, fix=fix, **facts)
        self.temporary = temporary
        self.away = away


class KeywordsUnsupported(ImapRefused):
    """The mail server keeps no keywords."""

    code = "keywords_unsupported"


class SmtpRefused(PeerRefused):
    """The SMTP server refused the mail; temporary exactly when it answered 4xx (RFC 5321 4.2.1)."""

    code = "smtp_refused"

    def __init__(self, message: str = "", *, reply_code: int = 550, fix: str = "", **facts: Any) -> None:
        """`reply_code` is the server's three-digit answer."""
        super().__init__(message, fix=fix, reply_code=reply_code, **facts)
        self.reply_code = reply_code
        self.temporary = 400 <= reply_code < 500


class RecipientsRefused(SmtpRefused):
    """The SMTP server refused every recipient."""

    code = "recipients_refused"


class ProtocolViolation(GlassdomeError):
    """The server answered something its protocol does not allow."""

    code = "protocol_violation"
    status = 502


class ParseError(GlassdomeError):
    """The message could not be read."""

    code = "parse_error"
    status = 422


class MessageTooLarge(ParseError):
    """The message is larger than the limit."""

    code = "message_too_large"


class NotAMessage(ParseError):
    """This is not an e-mail message (RFC 5322)."""

    code = "not_a_message"


class EngineError(GlassdomeError):
    """The language model gave no usable answer."""

    code = "engine_error"
    status = 502


class ModelUnavailable(EngineError):
    """The model server is not available."""

    code = "model_unavailable"
    status = 503
    temporary = True


class ModelTooSlow(ModelUnavailable):
    """The model took too long."""

    code = "model_too_slow"


class ModelBroke(ModelUnavailable):
    """The model broke off while it answered."""

    code = "model_broke"


class ModelMissing(EngineError):
    """The model server does not have that model."""

    code = "model_missing"


class OutputInvalid(EngineError):
    """The model's answer was not valid."""

    code = "output_invalid"


class PromptTooLarge(EngineError):
    """The prompt does not fit the model's context."""

    code = "prompt_too_large"


class StoreError(GlassdomeError):
    """The database failed."""

    code = "store_error"


class StoreUnavailable(StoreError):
    """The database is not available."""

    code = "store_unavailable"
    status = 503
    temporary = True


class SchemaMismatch(StoreError):
    """The database schema is not the one this version needs."""

    code = "schema_mismatch"


class PolicyRefused(GlassdomeError):
    """The policy does not allow this."""

    code = "policy_refused"
    status = 403


class ActionForbidden(PolicyRefused):
    """This action is not allowed."""

    code = "action_forbidden"


class RateLimited(PolicyRefused):
    """Too many requests; wait before the next one."""

    code = "rate_limited"
    status = 429
    temporary = True


class AnalysisFailed(GlassdomeError):
    """The message could not be analysed."""

    code = "analysis_failed"
    status = 422


class Broken(GlassdomeError):
    """Something in the program broke; the log says what."""

    code = "internal_error"


class Stopping(GlassdomeError):
    """It is stopping: begun work is finished, and no more is taken."""

    code = "stopping"
