"""Wire clients: the only code that speaks IMAP, SMTP and HTTP."""
