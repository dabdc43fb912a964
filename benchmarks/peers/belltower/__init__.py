"""Belltower's engine on that stage, as `bin/run` serves it."""
