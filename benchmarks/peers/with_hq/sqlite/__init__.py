"""SQLite set as for the others, which settings alone can do from Django 5.1 on."""
