"""Says what each command is called and takes; what it does is imported when it is called."""
