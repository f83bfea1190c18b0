"""Files of the mail programs, compared with the table of keywords."""
