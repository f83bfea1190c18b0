"""The REST API: mailcow's routes and shapes, true status codes; it knows ports, never concrete parts."""
