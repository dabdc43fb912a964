"""django-notifications-hq: rows in the request, mail by a loop over those that are unsent."""
