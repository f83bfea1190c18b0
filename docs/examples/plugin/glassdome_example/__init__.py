"""An example of a plugin for Glassdome."""
