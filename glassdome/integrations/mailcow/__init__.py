"""mailcow's REST API: transport, the rule of success, and one file per noun."""
