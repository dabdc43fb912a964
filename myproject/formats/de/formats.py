"""What German writes otherwise than Django: a moment stands in sentences ("am 1. März 2026, 13:00 Uhr")."""

DATETIME_FORMAT = r"j. F Y, H:i \U\h\r"
