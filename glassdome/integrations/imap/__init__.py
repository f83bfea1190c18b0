"""An asyncio IMAP4 client (RFC 3501, RFC 9051), thin and bounded, made for reading many mailboxes without a trace."""
