"""The commands of the lab, `glassdome eval` and `glassdome train`."""
