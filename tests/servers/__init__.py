"""Private instances of real servers, on loopback, for the tests."""
