"""Celery, as its guide sets it up with Django."""

from .app import app as celery_app

__all__ = ["celery_app"]
