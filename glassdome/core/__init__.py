"""What every other package may lean on: settings, errors, logs, time, limits, secrets. Imports nothing of ours."""
