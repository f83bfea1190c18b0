"""Every bound on what a stranger may make us hold or do, each with its reason.

Sizes are bytes unless the name says characters; times are seconds.
"""

from __future__ import annotations

from typing import Final

# -- parse ---------------------------------------------------------------------------------------------
#: Largest raw message read; mailcow's own message_size_limit is 100 MiB, of which base64 leaves 73.
MAX_MESSAGE_BYTES: Final = 110 * 1024 * 1024
#: MIME parts looked at; real mail stays below 100, a bomb has 10,000.
MAX_PARTS: Final = 300
#: Nesting of multipart and message/rfc822; real forwards stay below 10, and Python's stack is finite.
MAX_DEPTH: Final = 20
#: Header fields kept per header block; Received chains and DKIM stay below 150.
MAX_HEADERS: Final = 500
#: Characters kept of one header value; RFC 5322 lines fold at 998, To: lists of 1,000 people reach 60 KB.
MAX_HEADER_CHARS: Final = 65_536
#: Addresses kept of one address field.
MAX_ADDRESSES: Final = 2_000
#: Characters of decoded text kept per body; longer text adds nothing to a verdict.
MAX_TEXT_CHARS: Final = 400_000
#: Characters of HTML given to the HTML parser; newsletters stay below 300 KB.
MAX_HTML_CHARS: Final = 1_500_000
#: Links kept; digests have up to 400.
MAX_LINKS: Final = 500
#: Characters kept of one URL; browsers stop near 2,000, data: URLs are longer and cut.
MAX_URL_CHARS: Final = 4_096
#: Pieces of hidden text kept.
MAX_HIDDEN: Final = 50
#: Names listed of one archive; a bomb has millions.
MAX_ARCHIVE_MEMBERS: Final = 200
#: Sensitive findings kept per message; a dumped customer list has thousands, and 200 say as much.
MAX_SENSITIVE_FINDINGS: Final = 200
#: Number runs looked at per text; a 400 KB table of figures has 20,000, real mail fewer than 500.
MAX_NUMBER_RUNS: Final = 3_000
#: Defects kept; a broken file can produce one per line.
MAX_DEFECTS: Final = 50

# -- engine --------------------------------------------------------------------------------------------
#: Characters of the stored summary.
MAX_SUMMARY_CHARS: Final = 600
#: Categories, tags and action items stored per message.
MAX_CATEGORIES: Final = 5
MAX_TAGS: Final = 10
MAX_ACTION_ITEMS: Final = 10
#: Characters of one action item, reason, quoted evidence.
MAX_PHRASE_CHARS: Final = 240
#: Characters of a reply draft.
MAX_REPLY_CHARS: Final = 2_000
#: Reasons stored per message.
MAX_REASONS: Final = 20

# -- queue and edges -----------------------------------------------------------------------------------
#: Jobs one call may enqueue, so that one transaction stays short.
MAX_ENQUEUE_BATCH: Final = 1_000
#: Attempts before a job counts as poison and ends as failed.
MAX_ATTEMPTS: Final = 8
#: Rows one API page may ask for.
MAX_PAGE: Final = 500
#: Bytes of a request body the API reads; its largest real body is a bulk of message ids.
MAX_REQUEST_BYTES: Final = 1024 * 1024
