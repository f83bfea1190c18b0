"""Every bound on what a stranger may make us hold or do, each with its reason.

Sizes are bytes unless the name says characters; times are seconds.
"""

from __future__ import annotations

from typing import Final

# -- parse ---------------------------------------------------------------------------------------------
#: Largest raw message read; mailcow's own message_size_limit is 100 MiB, of which base64 leaves 73.
MAX_MESSAGE_BYTES: Final = 110 * 1024 * 1024
#: MIME parts that are read; real mail stays below 100, a bomb has 10,000.
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
#: Number runs, IBAN heads and hits of one word list examined per text; a 400 KB table has 20,000, real mail below 500.
MAX_SENSITIVE_CANDIDATES: Final = 3_000
#: Bytes of one header block (message or part) that are read; Postfix stops one header at 100 KiB.
MAX_HEADER_BLOCK_BYTES: Final = 512 * 1024
#: Lines that look like a boundary, tried per message; without it 18 million false ones are tried at each depth.
MAX_BOUNDARY_TRIES: Final = 20_000
#: Characters of a boundary; RFC 2046 says 70, broken senders write a few more.
MAX_BOUNDARY_CHARS: Final = 200
#: Parameters read of one Content-Type or Content-Disposition field; RFC 2231 splits long names into about 10.
MAX_PARAMETERS: Final = 100
#: Tags of one HTML body; large newsletters have 8,000. Tree building is quadratic for hostile nesting.
MAX_HTML_TAGS: Final = 20_000
#: Open elements at one time; browsers stop at 512, tables in tables in newsletters reach 60.
MAX_HTML_DEPTH: Final = 200
#: Open formatting elements (b, font, a ...), which HTML repeats in every following block: 40 x tags bounds the tree.
MAX_HTML_FORMATTING: Final = 40
#: Attributes of one tag, which the tree builder compares with each other, pair by pair; real tags have up to 40.
MAX_HTML_ATTRIBUTES: Final = 300
#: Rules read of all style sheets of one message; newsletters have up to 500, most in @media, which is skipped.
MAX_STYLE_RULES: Final = 1_000
#: Characters of one style attribute or style sheet that are read.
MAX_STYLE_CHARS: Final = 2_000
MAX_STYLESHEET_CHARS: Final = 200_000
#: Characters kept of one piece of hidden text, and of the text a link shows.
MAX_HIDDEN_CHARS: Final = 2_000
MAX_SHOWN_CHARS: Final = 300
#: Longest hidden text at the very start that still counts as a newsletter's preheader; mail clients show about 140.
MAX_PREHEADER_CHARS: Final = 250
#: Forms kept.
MAX_FORMS: Final = 20
#: Attachments kept; the rest is counted as a defect.
MAX_ATTACHMENTS: Final = 200
#: Attachments that an analysis names; its JSON is kept and sent with every list.
MAX_LISTED_ATTACHMENTS: Final = 50
#: Characters of text kept per attachment; a model prompt takes far less.
MAX_ATTACHMENT_TEXT_CHARS: Final = 20_000
#: Characters of a file name; file systems stop at 255 bytes.
MAX_FILENAME_CHARS: Final = 255
#: Bytes unpacked in memory per message, over all archives, Office and PDF files: a zip bomb gives 1,000 to 1.
MAX_INFLATED_BYTES: Final = 8 * 1024 * 1024
#: Characters of all attached files, and of one of them, that count like the words of the mail itself.
MAX_READ_FILES_CHARS: Final = 6_000
MAX_READ_ONE_FILE_CHARS: Final = 4_000
#: Facts kept of one mail and its files, and characters of one; a Swiss payment code has up to 997.
MAX_FACTS: Final = 120
MAX_FACT_CHARS: Final = 1_000
#: Bounds on one attached file together with everything inside it: bytes unpacked, characters of text, files inside, codes.
MAX_FILE_UNPACKED_BYTES: Final = 64 * 1024 * 1024
MAX_FILE_TEXT_CHARS: Final = 200_000
MAX_FILE_MEMBERS: Final = 200
MAX_FILE_CODES: Final = 50
#: How deep files inside files are read: an archive in an archive in a mail that is attached.
MAX_FILE_DEPTH: Final = 4
#: Attached files of one mail that readers get, the bytes of all of them, and the seconds after which no further one is
#: begun; 19 of 20 mails with files have at most three, and a reader needs milliseconds for each.
MAX_READ_FILES: Final = 30
MAX_READ_FILES_BYTES: Final = 64 * 1024 * 1024
MAX_READ_FILES_SECONDS: Final = 15.0
#: Address space that reading may take in a child, on top of what the libraries take; a scanned page of A3 needs 100 MiB.
MAX_READER_MEMORY_BYTES: Final = 512 * 1024 * 1024
#: Files after which a child is renewed, and seconds of computing: libraries leak, and a child that was taken over ends.
MAX_READER_FILES: Final = 300
MAX_READER_CPU_SECONDS: Final = 120
#: The time for a picture whose words are read, as a multiple of that for another file.
OCR_TIMES: Final = 3
#: Seconds until a child has loaded its libraries, on a machine that is busy.
READER_START_SECONDS: Final = 60.0
#: Bytes of a document that a child may send; 200,000 characters of text are the most of it.
MAX_DOCUMENT_BYTES: Final = 8 * 1024 * 1024
#: Bytes of documents that are kept for the same file in another mail, and seconds for which they are.
MAX_KEPT_DOCUMENT_BYTES: Final = 16 * 1024 * 1024
KEPT_DOCUMENT_SECONDS: Final = 3600.0
#: Words of a mail that are tried as the password of a locked file, and the lengths of one.
MAX_TRIED_PASSWORDS: Final = 20
MIN_TRIED_PASSWORD_CHARS: Final = 4
MAX_TRIED_PASSWORD_CHARS: Final = 20
#: Pages of a PDF that are read: a contract has 30, and the text bound above ends near 70.
MAX_PDF_PAGES: Final = 40
#: Characters looked at on one PDF page; a page of small print has 8,000, and each costs 3 microseconds.
MAX_PDF_PAGE_CHARS: Final = 20_000
#: Objects of one PDF page that are looked at for pictures and drawn codes; a map has 100,000.
MAX_PDF_PAGE_OBJECTS: Final = 3_000
#: Annotations (links, fields, notes) of one PDF page.
MAX_PDF_ANNOTATIONS: Final = 300
#: Pages of a PDF that are drawn to look for codes, and those drawn for other reasons (hidden words, scans) as well.
MAX_PDF_CODE_PAGES: Final = 4
MAX_PDF_DRAWN_PAGES: Final = 12
#: Files attached to a PDF that are read; an e-invoice has one.
MAX_PDF_FILES: Final = 20
#: Pixels of a drawn page: A4 at 150 dots per inch has 2.2 million.
MAX_PAGE_PIXELS: Final = 3_000_000
#: Pixels of a picture that is decoded; a phone takes 12 to 50 million, and 64 million in grey need 64 MB.
MAX_IMAGE_PIXELS: Final = 64_000_000
#: Pixels of all frames together that are decoded of one animated picture or of one with several pages.
MAX_FRAMES_PIXELS: Final = 80_000_000
#: Frames of an animated picture, or pages of a picture, that are searched for codes.
MAX_IMAGE_FRAMES: Final = 20
#: Pixels of a picture as it is searched for codes: beyond this it is made smaller first.
MAX_CODE_PIXELS: Final = 2_500_000
#: Pixels in which lines of text are looked for, and lines that are read of one picture; each
#: costs 0.1 seconds, and a letter has 40.
MAX_OCR_PIXELS: Final = 1_000_000
MAX_OCR_LINES: Final = 60
#: Pictures and scanned pages of one attached file whose words are read, and such files of one mail; each costs a second.
MAX_OCR_PICTURES: Final = 3
MAX_OCR_FILES: Final = 3
#: Characters of text up to which a mail with pictures counts as one that says its words in them.
MAX_OCR_TEXT_CHARS: Final = 400
#: Drawings of blocks or tables in one text that are tried as a QR code, and the sides of one; the largest has 177.
MAX_ART_BLOCKS: Final = 10
MAX_ART_SIDE: Final = 400
#: Characters of one code; the largest QR code holds 7,089 digits.
MAX_CODE_CHARS: Final = 7_089
#: The same for what a mail of ours carries, which is searched to its end.
MAX_OUTGOING_INFLATED_BYTES: Final = 64 * 1024 * 1024
#: Bytes of a zip directory that are read; 200 names take 20 KB, an honest archive of 10,000 files 1 MB.
MAX_ZIP_DIRECTORY_BYTES: Final = 2 * 1024 * 1024
#: Memory an xz stream may ask for; `xz -9` takes 65 MB.
MAX_XZ_MEMORY_BYTES: Final = 80 * 1024 * 1024
#: Bytes of an attachment searched for links and macro names; such files are smaller, and searching is linear.
MAX_SEARCHED_BYTES: Final = 16 * 1024 * 1024
#: Compressed streams of a PDF that are unpacked to look for links; the byte budget above holds as well.
MAX_PDF_STREAMS: Final = 200
#: Lines of a uuencoded body; one line holds 45 bytes, so the largest message has 1.8 million.
MAX_UU_LINES: Final = 2_000_000
#: Method results of one Authentication-Results field, References, symbols of one X-Spamd-Result field.
MAX_AUTH_RESULTS: Final = 50
MAX_REFERENCES: Final = 100
MAX_SYMBOLS: Final = 300
#: International numbers per text checked against a numbering plan; each costs 0.1 ms, a signature has three.
MAX_PHONE_LOOKUPS: Final = 50
#: Defects kept; a broken file can produce one per line.
MAX_DEFECTS: Final = 50

# -- engine --------------------------------------------------------------------------------------------
#: Characters of the stored summary.
MAX_SUMMARY_CHARS: Final = 600
#: Characters of the owners' rules file; a thousand rules have half of it.
MAX_RULES_CHARS: Final = 200_000
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
#: Words of one analysis that a list can be searched for, and characters of one; summary and subject have about 30.
MAX_INDEXED_WORDS: Final = 100
MAX_WORD_CHARS: Final = 32
#: Bytes of a request body the API reads; its largest real body is a bulk of message ids.
MAX_REQUEST_BYTES: Final = 1024 * 1024
#: Bytes of a message Rspamd may send for a verdict during its scan; its plugin stops at 256 KiB by itself.
MAX_SCAN_BYTES: Final = 4 * 1024 * 1024
#: Seconds a scan may wait for the built-in verdict; Rspamd's plugin gives up after 2.
MAX_SCAN_SECONDS: Final = 1.5
#: Seconds of these for reading attached files; afterwards the verdict is made without those that are not read yet.
MAX_SCAN_FILES_SECONDS: Final = 0.8
#: Scans judged or waiting at the same time; beyond it the answer is "no verdict", so that mail is never held.
MAX_SCANS: Final = 32
#: Bytes of an MCP request: a raw message as JSON text, in which line ends and quotes take two bytes.
MAX_MCP_REQUEST_BYTES: Final = 2 * MAX_SCAN_BYTES
#: MCP sessions at the same time; each client holds one, and an idle one is closed after half an hour.
MAX_MCP_SESSIONS: Final = 200
#: Messages of a chat request that are read; Rspamd's plugin sends five.
MAX_CHAT_MESSAGES: Final = 50
#: Events of one push notification; Dovecot sends one per stored message of a transaction.
MAX_PUSH_EVENTS: Final = 1_000
#: Seconds a caller may wait for an analysis; a proxy in front gives up after 60.
MAX_WAIT_SECONDS: Final = 30
#: Messages of one bulk request; each costs a look into the folder.
MAX_BULK_MESSAGES: Final = 100
#: Jobs one request may retry or cancel; the caller repeats for the rest.
MAX_QUEUE_MOVES: Final = 10_000
#: Actions one request may take back, each a move or so on the mail server; the caller repeats for the rest.
MAX_UNDOS: Final = 100
#: Characters of a mailbox address: RFC 5321 4.5.3.1.3 allows 256 with the angle brackets; the tables hold as many.
MAX_ADDRESS_CHARS: Final = 254
#: Characters of a folder name: Dovecot allows 255 per level, and deep nesting is rare; the tables hold as many.
MAX_FOLDER_CHARS: Final = 500
#: Characters of a setting written through the API; the longest sensible one is a list of hosts.
MAX_SETTING_CHARS: Final = 4_000
#: Characters of an email_id: a Message-ID fits one line of 998 (RFC 5322 2.1.1), a folder with its UIDs a little more.
MAX_EMAIL_ID_CHARS: Final = 1_100
#: Rate buckets kept, one per key; more are only reached when keys are changed often.
MAX_RATE_BUCKETS: Final = 10_000
#: Seconds a sign-in to the web UI lasts: a working day, so that a forgotten browser is not a way in for ever.
WEB_SESSION_SECONDS: Final = 12 * 3600
#: Seconds without a request after which it ends by itself.
WEB_IDLE_SECONDS: Final = 4 * 3600
#: Seconds that a sign-in lasts by a password or provider, where nothing tells that the password changed meanwhile.
WEB_UNCHECKED_SECONDS: Final = 4 * 3600
#: Seconds between two notes that a session is in use: each is a write.
WEB_USE_SECONDS: Final = 300
#: Seconds the mail server has to check a password, while somebody waits for a page.
MAX_SIGN_IN_SECONDS: Final = 20.0
#: Passwords checked at one time: each holds a connection to the mail server.
MAX_SIGN_INS_AT_ONCE: Final = 8
#: Characters of a password: what mail servers accept is shorter.
MAX_PASSWORD_CHARS: Final = 512
#: Seconds from the first step of a sign-in through an identity provider to its answer; people look for their phone.
PROVIDER_FLOW_SECONDS: Final = 600
#: Seconds that the provider has for one answer, and bytes of it; a key set of twenty RSA keys has 30 KB.
PROVIDER_SECONDS: Final = 10.0
MAX_PROVIDER_BYTES: Final = 256 * 1024
#: Characters of an ID token: one with 200 groups has 10,000.
MAX_ID_TOKEN_CHARS: Final = 32 * 1024
#: Seconds that the provider's addresses and keys are kept, and those before keys are asked for again for an unknown one.
PROVIDER_KEEP_SECONDS: Final = 3600.0
PROVIDER_KEYS_AGAIN_SECONDS: Final = 60.0
#: Seconds by which the provider's clock may differ from ours.
PROVIDER_CLOCK_SECONDS: Final = 60.0
#: Characters of a code, state or error word that comes back by the browser.
MAX_PROVIDER_WORD_CHARS: Final = 4096
#: Bytes of mailcow's answer to the check of an API key; it holds its version.
MAX_MAILCOW_ANSWER_BYTES: Final = 64 * 1024
#: Days that a key holds which was made with a role that mailcow or the identity provider granted: neither tells of its end.
MAX_GRANTED_KEY_DAYS: Final = 30
#: API keys that one person may have made, the characters of their names, and the days that one holds at most.
MAX_MADE_KEYS: Final = 20
MAX_KEY_LABEL_CHARS: Final = 60
MAX_KEY_DAYS: Final = 730
#: Characters kept of what a browser calls itself.
MAX_BROWSER_CHARS: Final = 200
#: Sign-ins tried in a minute to one mailbox, from all networks together that never were right before.
MAX_SIGN_INS_PER_MAILBOX: Final = 10
#: Sign-ins tried in a minute from one address, and from one peer: a proxy in front is the peer of many addresses.
MAX_SIGN_INS_PER_ADDRESS: Final = 10
MAX_SIGN_INS_PER_PEER: Final = 60
#: Connections of the HTTP server in all, and from one peer (of IPv6: one /64) that is no named proxy. A browser opens
#: six; a process has 1,024 descriptors by default.
MAX_HTTP_CONNECTIONS: Final = 512
MAX_HTTP_CONNECTIONS_PER_PEER: Final = 128
#: Seconds for the header of a request, counted from the connection or the answer before, and for its body: 4 MiB for a
#: scan need a line of 1 Mbit/s.
HTTP_HEADER_SECONDS: Final = 10.0
HTTP_BODY_SECONDS: Final = 30.0
#: Seconds that requests under way may take when the service is stopped; Docker kills after 10.
HTTP_SHUTDOWN_SECONDS: Final = 5
#: Equal lines of libraries that the log takes in a minute, such as those about requests that are none.
MAX_EQUAL_LOG_LINES: Final = 10
#: Days for which a digest's link undoes a move, and such links opened in a minute from one address: each reads the database.
UNDO_LINK_DAYS: Final = 14
MAX_UNDO_LINKS_PER_ADDRESS: Final = 60
#: Wrong keys heard out in a minute from one address; past that a right one is refused too, so guessing takes ages.
MAX_WRONG_KEYS_PER_ADDRESS: Final = 10
#: Characters of an API key: twelve random ones have 70 bits, beyond guessing at ten tries a minute.
MIN_API_KEY_CHARS: Final = 12
#: Fields of one form of the web UI; the preferences have 13.
MAX_FORM_FIELDS: Final = 100
#: Bytes of a mail whose words the web UI fetches to show them; more are files, whose words stand in the analysis.
MAX_SHOWN_MAIL_BYTES: Final = 32 * 1024 * 1024
#: Seconds for that, parsing included, while somebody looks at an empty box; and mails fetched so at one time.
MAX_SHOWN_MAIL_SECONDS: Final = 20.0
MAX_SHOWN_MAILS_AT_ONCE: Final = 4
#: Characters of it that are shown: a long newsletter has 20,000.
MAX_READ_CHARS: Final = 60_000
#: Links of a mail and pieces of hidden text that are listed below its words, and characters of each.
MAX_LISTED_LINKS: Final = 100
MAX_LISTED_HIDDEN: Final = 20
MAX_LISTED_CHARS: Final = 500
#: Categories of an owner's own in one mailbox, words and senders of one, and characters of each of these.
MAX_OWN_CATEGORIES: Final = 50
MAX_OWN_CATEGORY_WORDS: Final = 50
MAX_OWN_CATEGORY_WORD_CHARS: Final = 254
#: Characters of a category of the owner's own; the tables hold as many.
MAX_OWN_CATEGORY_CHARS: Final = 60
#: Saved views of one caller.
MAX_VIEWS: Final = 50
#: Seconds for which the plots' numbers are kept: pages ask again whenever something happens, and each reads 30 days.
KEPT_COURSE_SECONDS: Final = 10.0
#: Streams of events: in all, of one person by whatever sessions and keys, and of one session or API key. A browser opens
#: six connections to a host, and its pages need some of them.
MAX_STREAMS: Final = 128
MAX_STREAMS_PER_PERSON: Final = 12
MAX_STREAMS_PER_SESSION: Final = 3
#: Seconds after which a quiet stream says something: nginx hangs up after 60. Each also asks whether it may go on.
STREAM_HEARTBEAT_SECONDS: Final = 20.0
#: Seconds between two looks for news, which serve all streams of a process.
STREAM_LOOK_SECONDS: Final = 1.0
#: Mailboxes offered by name in the web UI; further ones are typed.
MAX_OFFERED_MAILBOXES: Final = 200

# -- IMAP and SMTP -------------------------------------------------------------------------------------
#: Bytes of one line an IMAP server may send; a SEARCH answer for 500,000 messages has 3.5 MB.
MAX_IMAP_LINE_BYTES: Final = 4 * 1024 * 1024
#: Bytes of a literal where no message was asked for: folder names, header fields.
MAX_IMAP_LITERAL_BYTES: Final = 256 * 1024
#: Bytes of a header section fetched without its message; what stands further down is trace and list fields.
MAX_IMAP_HEADER_BYTES: Final = 16 * 1024
#: Messages new in a Junk or Sent folder that one look reads, the newest; a flood is not the owner's doing.
MAX_OBSERVED_MESSAGES: Final = 300
#: Bytes of a mail whose words are read for its thread; of a larger one, the header.
MAX_THREAD_MAIL_BYTES: Final = 25 * 1024 * 1024
#: Folders of one mailbox that are read for threads, sent mail and INBOX first.
MAX_THREAD_FOLDERS: Final = 200
#: Analyses whose flags one look reads, and moves of ours that are followed; a busy mailbox has 300 a day.
MAX_FOLLOWED_MESSAGES: Final = 1_000
#: Folders in which a message taken out of Junk is looked for.
MAX_SEARCHED_FOLDERS: Final = 20
#: Untagged responses to one command; LIST of an archive with a folder per day for 50 years has 18,000.
MAX_IMAP_RESPONSES: Final = 100_000
#: UIDs one answer may name; a folder of a million messages is the largest that servers are said to bear.
MAX_IMAP_UIDS: Final = 1_000_000
#: Nesting of parentheses in one response; ours (LIST, STATUS, FETCH without BODYSTRUCTURE) need four.
MAX_IMAP_DEPTH: Final = 20
#: Seconds until a connection stands, TLS and greeting included.
IMAP_CONNECT_SECONDS: Final = 15.0
#: Seconds for one command; a SEARCH without an index on a large folder takes ten.
IMAP_COMMAND_SECONDS: Final = 60.0
#: Least bytes per second at which a message must arrive, on top of the time for the command.
IMAP_LEAST_BYTES_PER_SECOND: Final = 64 * 1024
#: Seconds of one IDLE; servers hang up after 30 minutes (RFC 2177), home routers forget a quiet connection after 10.
IMAP_IDLE_SECONDS: Final = 9 * 60.0
#: Connections to the IMAP server in all; each is a process of 0.7 MB there.
MAX_IMAP_CONNECTIONS: Final = 256
#: Connections to one mailbox; mailcow allows 500, a person's programs need theirs too.
MAX_IMAP_CONNECTIONS_PER_MAILBOX: Final = 4
#: Seconds unused after which a connection is tried with NOOP before it is used again.
IMAP_TRUST_SECONDS: Final = 30.0
#: Seconds unused after which a connection is closed; the server would do so after 30 minutes.
IMAP_KEEP_SECONDS: Final = 15 * 60.0
#: Seconds for which a refused login is not tried again; mailcow bans an address after 10 failures in 10 minutes.
LOGIN_AGAIN_SECONDS: Final = 300.0
#: The longest, after doubling with each refusal in a row: jobs ask far more often than any server likes.
LOGIN_LONGEST_SECONDS: Final = 3600.0
#: The same for a login that worked before: servers in trouble refuse good passwords for a moment.
LOGIN_DOUBT_SECONDS: Final = 30.0
#: Refused logins in LOGIN_WINDOW_SECONDS after which no new login is tried for anyone: below mailcow's ban.
MAX_REFUSED_LOGINS: Final = 5
#: The same for tries, of which one login may have two in that time.
MAX_REFUSED_TRIES: Final = 8
LOGIN_WINDOW_SECONDS: Final = 600.0
#: Bytes of fetched mail that are kept for a second reader in the same process, of mail that is kept parsed, and seconds
#: for which it is: agents poll every minute, a job waits a little longer.
MAX_KEPT_FETCHED_BYTES: Final = 16 * 1024 * 1024
MAX_KEPT_PARSED_BYTES: Final = 4 * 1024 * 1024
KEPT_MAIL_SECONDS: Final = 300.0
#: Mailboxes watched with IDLE; Dovecot's user may hold 128 inotify instances on a stock Linux.
MAX_WATCHED_MAILBOXES: Final = 64
#: Folders whose doorbell rang and that wait for their poll; what rings past that is found by the next poll of all.
MAX_PENDING_RINGS: Final = 10_000
#: Mailboxes polled at the same time.
MAX_POLL_CONCURRENCY: Final = 8
#: Seconds for one SMTP command, connect included; RFC 5321 4.5.3.2 allows minutes, a submission server answers at once.
SMTP_COMMAND_SECONDS: Final = 60.0
#: Seconds for the reply to the end of DATA, during which the server scans the mail (RFC 5321 4.5.3.2.6: 10 minutes).
SMTP_DATA_SECONDS: Final = 600.0
#: Recipients of one mail; Postfix takes 1,000 per delivery, RFC 5321 4.5.3.1.8 asks for 100.
MAX_RECIPIENTS: Final = 500
#: Characters of a server's reply that are kept or shown.
MAX_PEER_WORDS_CHARS: Final = 300
#: Bytes of a mail that commands; the largest honest one forwards a mail with its attachments for `analyze`.
MAX_COMMAND_BYTES: Final = 10 * 1024 * 1024
