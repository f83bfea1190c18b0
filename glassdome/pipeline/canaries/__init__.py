"""Canaries: labelled mails that show how far a language model may be believed, before it is."""
