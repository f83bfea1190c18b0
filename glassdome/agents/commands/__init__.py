"""Commands in mail: declared with a schema, admitted only from proven senders, run once, answered at most once."""

from glassdome.agents.commands.declare import Command, CommandContext, CommandSet, NoArguments, Reply

__all__ = ["Command", "CommandContext", "CommandSet", "NoArguments", "Reply"]
