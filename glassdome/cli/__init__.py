"""The command line: one file per command; `app` mounts them and translates errors."""
