"""An email backend for a site without a mail server: each mail becomes one `.eml` file."""

import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class EmailBackend(BaseEmailBackend):
    """Writes to `EMAIL_FILE_PATH`, under a hidden name first: a reader never meets half a mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}.eml"
            hidden = folder / f".{name}"
            mime: Any = message.message()  # Django's own, which knows `linesep`
            hidden.write_bytes(mime.as_bytes(linesep="\r\n"))
            os.replace(hidden, folder / name)
        return len(email_messages)
