"""One `typing.Protocol` per role that has several implementations, or whose users and implementation are strangers."""
