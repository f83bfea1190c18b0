"""One `typing.Protocol` per role; concrete parts are named only in `bootstrap`."""
