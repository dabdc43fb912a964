"""Huey, as its guide sets it up with Django."""
