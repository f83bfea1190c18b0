"""Wires concrete parts together: the only room that names them, except for the seed-fixed agent and client.

`models` and `mailboxes` answer one question each, `wire` opens the whole service. Import the module that you need: this
file names none, so that a command that judges a file does not load the database and every client.
"""
