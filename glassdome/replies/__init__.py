"""Answers in the owner's name: drafts in the owner's words, and automatic answers by RFC 3834; pure."""
