"""The foundation of every other package: settings, errors, logs, time, limits, secrets. Imports nothing of ours."""
