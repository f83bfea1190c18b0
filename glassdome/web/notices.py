"""Messages that a page shows after a form was handled; addresses name them by code, so that no link can inject text."""

from __future__ import annotations

from typing import Final

from glassdome.web.tongue import N_

__all__ = ["NOTICES"]

NOTICES: Final = {
    "signed_out": N_("You are signed out."),
    "signed_out_here": N_("You are signed out here."),
    "signed_out_everywhere": N_("You are signed out in every browser."),
    "key_revoked": N_("The key is revoked. It opens nothing any more."),
    "session_ended": N_("That session has ended."),
    "ended": N_("Your session has ended, and nothing was changed. Sign in and do it again."),
    "judged": N_("The message was judged again."),
    "queued": N_("The message is first in the queue. Its verdict appears here when it is ready."),
    "corrected": N_("Thank you. The correction is stored and counts for other mail from this sender."),
    "harmless": N_("Thank you. The correction is stored, and the actions on the message are undone."),
    "harmless_only": N_(
        "Thank you. The correction is stored. The actions on the message could not be undone; the reason is below."
    ),
    "deleted": N_(
        "The analysis is deleted, with its job, its actions and what was learned from it. The mail itself was not touched."
    ),
    "undone": N_("Undone."),
    "retried": N_("Back in the queue."),
    "retried_some": N_("Some jobs are back in the queue, and more are left. Press again for the rest."),
    "not_retried": N_("Nothing changed: only jobs that failed or were cancelled can be retried."),
    "cancelled": N_("Cancelled."),
    "cancelled_some": N_("Some jobs are cancelled, and more are left. Press again for the rest."),
    "not_cancelled": N_("Nothing was cancelled: only jobs that wait or failed can be cancelled."),
    "preferences": N_("The preferences are saved. They take effect at once."),
    "absence": N_("The absence notice is saved."),
    "no_absence": N_("There is no absence notice any more."),
    "rule_put": N_("The rule is saved."),
    "rule_on": N_("The rule is on."),
    "rule_off": N_("The rule is off. It is kept."),
    "rule_removed": N_("The rule is removed."),
    "webhook_on": N_("The webhook is on."),
    "webhook_off": N_("The webhook is off. Events of this time are not sent to it."),
    "webhook_remove": N_("The webhook is removed, with all that waited for it."),
    "webhook_resend": N_("The letters are on their way again."),
    "older_begin": N_("Older mail is being queued, newest first. It is judged behind new mail."),
    "older_end": N_("Stopped. Mail that is already queued is still judged."),
    "warned": N_("A test warning is sent. It should be in the mailbox within a minute."),
    "bulk_done": N_("Marked as done."),
    "bulk_not_done": N_("Marked as not done."),
    "bulk_harmless": N_(
        "Called harmless, and the actions on it are undone. The corrections count for other mail from these senders."
    ),
    "bulk_spam": N_("Called spam. The corrections count for other mail from these senders."),
    "bulk_phishing": N_("Reported as phishing. The corrections count for other mail from these senders."),
    "bulk_back": N_("Moved back."),
    "bulk_block": N_("The senders are blocked: their next mail is called spam."),
    "bulk_trust": N_(
        "The senders are trusted: their next mail is not called spam where our server can vouch for them."
    ),
    "bulk_undone": N_("Undone."),
    "categorized": N_("The category is stored."),
    "category_saved": N_("The category is saved. New mail gets it where its words or senders fit."),
    "category_removed": N_("The category is removed, also from the mail that had it."),
    "view_saved": N_("The view is saved."),
    "sender_forgotten": N_("That sender's next mail is judged like any other."),
    "view_deleted": N_("The view is deleted."),
    "settings": N_("The settings are saved. They take effect at once."),
}
