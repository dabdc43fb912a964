"""How a line of the log is written."""

import logging
import re

# In addresses: what proves an email address, chooses a new password, ends a subscription. A mail program
# spoils such a link, Django logs that there is no such page, and what is left of the link may be good.
_KEY = re.compile(r"(?<=/)(?=[^/\s]*\d)[\w.:=~-]{20,}")


class LineFormatter(logging.Formatter):
    """Without what opens something."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 # as logging calls it
        return _KEY.sub("…", super().formatMessage(record))
