#!/usr/bin/env python3
"""Django's command line for Belltower."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "myproject.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:  # a sentence for whoever set it up; a traceback would hide it
        sys.exit(f"Belltower cannot start. {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
