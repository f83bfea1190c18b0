"""The demo: an embedded mail server with sample mail, and the whole product on top of it."""
