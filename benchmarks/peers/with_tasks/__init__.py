"""django-tasks with its database backend."""
