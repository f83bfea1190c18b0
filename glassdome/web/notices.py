"""Messages that a page shows after a form was handled; addresses name them by code, so that no link can inject text."""

from __future__ import annotations

from typing import Final

__all__ = ["NOTICES"]

NOTICES: Final = {
    "signed_out": "You are signed out.",
    "signed_out_everywhere": "You are signed out in every browser.",
    "key_revoked": "The key is revoked. It opens nothing any more.",
    "session_ended": "That session has ended.",
    "ended": "Your session has ended, and nothing was changed. Sign in and do it again.",
    "judged": "The message was judged again.",
    "queued": "The message is first in the queue. Its verdict appears here when it is ready.",
    "corrected": "Thank you. The correction is stored and counts for other mail from this sender.",
    "harmless": "Thank you. The correction is stored, and the actions on the message are undone.",
    "harmless_only": "Thank you. The correction is stored. The actions on the message could not be undone; the reason is below.",
    "deleted": "The analysis is deleted, with its job, its actions and what was learned from it. The mail itself was not touched.",
    "undone": "Undone.",
    "retried": "Back in the queue.",
    "retried_some": "Some jobs are back in the queue, and more are left. Press again for the rest.",
    "not_retried": "Nothing changed: only jobs that failed or were cancelled can be retried.",
    "cancelled": "Cancelled.",
    "cancelled_some": "Some jobs are cancelled, and more are left. Press again for the rest.",
    "not_cancelled": "Nothing was cancelled: only jobs that wait or failed can be cancelled.",
    "preferences": "The preferences are saved. They take effect at once.",
    "older_begin": "Older mail is being queued, newest first. It is judged behind new mail.",
    "older_end": "Stopped. Mail that is already queued is still judged.",
    "warned": "A test warning is sent. It should be in the mailbox within a minute.",
    "bulk_done": "Marked as done.",
    "bulk_not_done": "Marked as not done.",
    "bulk_harmless": "Called harmless, and the actions on it are undone. The corrections count for other mail from these senders.",
    "bulk_spam": "Called spam. The corrections count for other mail from these senders.",
    "bulk_phishing": "Reported as phishing. The corrections count for other mail from these senders.",
    "bulk_back": "Moved back.",
    "bulk_block": "The senders are blocked: their next mail is called spam.",
    "bulk_trust": "The senders are trusted: their next mail is not called spam where our server can vouch for them.",
    "bulk_undone": "Undone.",
    "categorized": "The category is stored.",
    "view_saved": "The view is saved.",
    "sender_forgotten": "That sender's next mail is judged like any other.",
    "view_deleted": "The view is deleted.",
    "settings": "The settings are saved. They take effect at once.",
}
