"""Fakes that are shipped, and the conformance suites that hold them to the real thing."""
