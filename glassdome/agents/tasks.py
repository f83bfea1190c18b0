"""The tasks an agent is given and its results: dictionaries at the edge, checked and typed from here on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, get_args

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from glassdome.core.errors import GlassdomeError, InputError, UnknownAction

__all__ = [
    "ACTIONS",
    "CreateMailbox",
    "DeleteMailbox",
    "FetchMessage",
    "FileToSend",
    "ListMailboxes",
    "MarkMessage",
    "MonitorMailbox",
    "MoveMessage",
    "SendEmail",
    "Task",
    "failure",
    "must_be_writable",
    "read_task",
]

#: Half a character; and those that Python does not take for a byte of a file name.
_HALF: Final = re.compile("[\ud800-\udfff]")
_NO_BYTE: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def _listed(value: Any) -> Any:
    """One address alone stands for a list of one."""
    return [value] if isinstance(value, str) else value


Addresses = Annotated[list[str], BeforeValidator(_listed)]


class _Task(BaseModel):
    """The fields that every task shares; unknown keys are refused, so that a misspelt one is never silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    #: The word of the dictionary that the task was read from; a task that our own code makes has none.
    action: str = ""


class CreateMailbox(_Task):
    """Create a mailbox and register it; `quota_mb` is MiB."""

    name_of: ClassVar[str] = "create_mailbox"
    local_part: str = Field(min_length=1, max_length=64)
    password: SecretStr
    name: str = ""
    quota_mb: int = Field(default=1024, ge=0)
    domain: str | None = None
    tags: list[str] = Field(default_factory=list)


class MonitorMailbox(_Task):
    """Ask for messages and register the mailbox; without a password the registered one is used.

    `login` is the name to log in with where it is not the address. `once` hands out each message one time only, oldest
    first, also after a restart; it holds where `unread_only: True` is written, as a loop that does what mail says
    writes it, and `once: False` switches it off.
    """

    name_of: ClassVar[str] = "monitor_mailbox"
    mailbox: str
    password: SecretStr | None = None
    login: str = ""
    unread_only: bool = True
    folder: str = "INBOX"
    since: datetime | None = None
    limit: int = Field(default=100, ge=1, le=1000)
    mark_seen: bool = False
    with_analysis: bool = False
    once: bool | None = None

    @property
    def hands_out_once(self) -> bool:
        """Leave out mail that was handed out before."""
        asked = self.unread_only and "unread_only" in self.model_fields_set
        return asked if self.once is None else self.once


class _OneMessage(_Task):
    """One message by its `id` (the UID); with `uid_validity` it is refused once the folder was rebuilt."""

    mailbox: str
    password: SecretStr | None = None
    login: str = ""
    id: int = Field(ge=1, le=2**32 - 1)
    folder: str = "INBOX"
    uid_validity: int | None = None


class FetchMessage(_OneMessage):
    """Return one message with its source in `raw` and each attachment's bytes in its `content`."""

    name_of: ClassVar[str] = "fetch_message"


class MarkMessage(_OneMessage):
    """Flag one message, or take flags back: `seen`, `flagged`, and keywords of one's own."""

    name_of: ClassVar[str] = "mark_message"
    seen: bool | None = None
    flagged: bool | None = None
    add: list[str] = Field(default_factory=list)
    remove: list[str] = Field(default_factory=list)

    def changes(self) -> tuple[list[str], list[str]]:
        """Return the flags to add and those to remove."""
        named = ((self.seen, r"\Seen"), (self.flagged, r"\Flagged"))
        added = [*self.add, *(flag for wanted, flag in named if wanted)]
        return added, [*self.remove, *(flag for wanted, flag in named if wanted is False)]


class MoveMessage(_OneMessage):
    """Move one message to the folder `to`, which must be there."""

    name_of: ClassVar[str] = "move_message"
    to: str = Field(min_length=1)


class FileToSend(BaseModel):
    """An attachment by path, or by content (bytes or text); with `content_id` an inline image of the HTML."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: Path | None = None
    filename: str = ""
    content: bytes | None = None
    content_type: str = "application/octet-stream"
    content_id: str = ""


class SendEmail(_Task):
    """Send a mail. `idempotency_key` makes a repeated call safe: the same key is the same mail, sent at most once.

    `auto_submitted` marks what no person wrote (RFC 3834 5); `purpose` is its word in the outbox.
    `null_sender` sends it without a return path where the server takes that (RFC 3834 3.3).
    `list_id` names the series that it belongs to (RFC 2919).
    """

    name_of: ClassVar[str] = "send_email"
    mailbox: str
    password: SecretStr | None = None
    login: str = ""
    to_addresses: Addresses = Field(default_factory=list)
    subject: str = ""
    body: str = ""
    html_body: str | None = None
    cc: Addresses = Field(default_factory=list)
    bcc: Addresses = Field(default_factory=list)
    reply_to: Addresses = Field(default_factory=list)
    attachments: list[FileToSend] = Field(default_factory=list)
    in_reply_to: str = ""
    references: list[str] = Field(default_factory=list)
    from_name: str = ""
    save_copy: bool = True
    allow_sensitive: bool = False
    idempotency_key: str = ""
    auto_submitted: Literal["", "auto-generated", "auto-replied"] = ""
    null_sender: bool = False
    list_id: str = ""
    purpose: str = Field(default="send", max_length=32)


class ListMailboxes(_Task):
    """List mailboxes, of one domain or with all tags where given."""

    name_of: ClassVar[str] = "list_mailboxes"
    domain: str | None = None
    tags: list[str] = Field(default_factory=list)


class DeleteMailbox(_Task):
    """Delete a mailbox and forget its password; `mailbox_id` is the older name of `mailbox`."""

    name_of: ClassVar[str] = "delete_mailbox"
    mailbox: str = Field(validation_alias=AliasChoices("mailbox", "mailbox_id"))


Task: TypeAlias = (
    CreateMailbox
    | MonitorMailbox
    | SendEmail
    | ListMailboxes
    | DeleteMailbox
    | FetchMessage
    | MarkMessage
    | MoveMessage
)

ACTIONS: dict[str, type[Task]] = {cls.name_of: cls for cls in get_args(Task)}


def read_task(task: Mapping[str, Any]) -> Task:
    """Check a task; raises UnknownAction or InputError with a sentence that never quotes a value."""
    if not isinstance(task, Mapping):
        raise InputError("A task is a dictionary.", fix=f"Its 'action' is one of {', '.join(ACTIONS)}.")
    must_be_writable(task)
    cls = ACTIONS.get(str(task.get("action", "")))
    if cls is None:
        raise UnknownAction(
            f"There is no action {task.get('action')!r}.", fix=f"The actions are {', '.join(sorted(ACTIONS))}."
        )
    try:
        return cls.model_validate(dict(task))
    except ValidationError as exc:
        raise InputError(f"{cls.name_of}: {_explained(exc)}.") from exc


def must_be_writable(task: Mapping[str, Any]) -> None:
    """Raise InputError for a task with text that cannot be encoded."""
    if not all(_writable(item) for item in task.items()):
        raise InputError("The task has half a character (a lone surrogate), which nothing can store or send.")


def _writable(value: Any) -> bool:
    """Return whether all text in a value can be written; JSON can name halves of characters, such as "\\ud800"."""
    if isinstance(value, SecretStr):
        return _writable(value.get_secret_value())
    if isinstance(value, Mapping):
        return all(map(_writable, value.items()))
    if isinstance(value, tuple | list | set | frozenset):
        return all(map(_writable, value))
    if isinstance(value, Path):
        # Here a half stands for one byte of a file name that is no UTF-8.
        return not _NO_BYTE.search(str(value))
    return not isinstance(value, str) or value.isascii() or not _HALF.search(value)


def _explained(exc: ValidationError) -> str:
    # Input values are left out: one of them is a password.
    parts = []
    for error in exc.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(map(str, error["loc"])) or "task"
        parts.append("unknown key " + repr(place) if error["type"] == "extra_forbidden" else f"{place}: {error['msg']}")
    return "; ".join(parts)


#: Facts of an error that a caller may act on; the rest stays in the log.
_TOLD = ("reason", "partial", "created", "reply_code", "message_id", "retry_after", "recipients", "sensitive_types")


def failure(error: GlassdomeError, **more: Any) -> dict[str, Any]:
    """Return the result of a failed task: `success`, `error` (a sentence), `code` (stable), `temporary`."""
    told = {name: error.facts[name] for name in _TOLD if name in error.facts}
    return {
        "success": False,
        "error": error.public_message,
        "code": error.code,
        "temporary": error.temporary,
        **told,
        **more,
    }
