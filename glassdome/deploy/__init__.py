"""Puts Glassdome into an existing mailcow and takes it out again without a trace."""
