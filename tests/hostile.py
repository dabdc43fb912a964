"""What nobody sends by accident: texts and values for every field and parameter."""

import json
from typing import Any

_SQL = [
    "' OR 1=1 --",
    "'; DROP TABLE accounts_user; --",
    "1) UNION SELECT password FROM accounts_user --",
    "%' ESCAPE '",
]
_TEMPLATES = ["{{ 7*7 }}", "{% include '/etc/passwd' %}", "${7*7}", "%(actors)s %(x)s %s %n", "{0.__class__}"]
_HEADERS = [
    "a\r\nBcc: all@example.com",
    "a\nSet-Cookie: a=b",
    "a\x0bX-Header: b",
    "a\u2028X-Header: b",
    "a\x85b",
]
_UNICODE = [
    "\x00", "a\x00b", "\ud800", "\udfff\ud800", "a\udc00", "\ufffe", "\ufeff", "\u202e\u202d", "\u200b",
    "\u200d" * 300, "\U0010ffff", "Z\u0351\u036b\u0343" * 300, "\ufdfa" * 900, "\u0130" * 80, "\xdf" * 80,
    "\uff41\uff42\uff43", "\u0000\u0001\u001f\u007f", "\U0001f468\u200d\U0001f469" * 20,
    "\u0131", "e\u0301" * 100,
]  # fmt: skip
_MARKUP = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "[x](data:text/html,x)", "![x](https://example.com/x.png)", "<svg/onload=alert(1)>", "`" * 500,
    "[" * 2000,
    "*" * 2000, "> " * 500, "|a|\n|-|\n" * 300, "- " * 500, "@" * 1000, "@a " * 500, "@../../x",
    "http://" + "a." * 500, "&" * 2000,
]  # fmt: skip
_PLACES = ["../../../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "\\\\host\\share", "/" * 500, "con"]
_LONG = ["x" * 81, "x" * 5001, "x" * 20_001, "x" * 500_000, " " * 20_000, "\n" * 20_000]
TEXTS = ["", " ", *_SQL, *_TEMPLATES, *_HEADERS, *_UNICODE, *_MARKUP, *_PLACES, *_LONG]
_ODD = [
    chr(code)
    for low, high in (
        (0, 0x20), (0x7F, 0xA1), (0xAD, 0xAE), (0x300, 0x302), (0x61C, 0x61D), (0x180E, 0x180F),
        (0x200B, 0x2010), (0x2028, 0x202F), (0x2060, 0x206A), (0xD800, 0xD802), (0xDFFE, 0xE000),
        (0xFE00, 0xFE02), (0xFEFF, 0xFF00), (0xFFF9, 0x10000), (0x1D173, 0x1D175), (0xE0001, 0xE0002),
        (0xE0020, 0xE0022), (0x1FFFE, 0x20000), (0x10FFFE, 0x110000),
    )
    for code in range(low, high)
]  # fmt: skip
# With TEXTS more than four hundred: controls, marks, halves of characters and what no character is.
ODD_TEXTS = [form.replace("?", odd) for odd in _ODD for form in ("?", "a?b", "\u202e?" * 30)]
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 2**200, 0.5, -0.0, 1e308, 5e-324, [], {}, [[]],
    [None], ["x"], {"x": 1}, {"": {}}, [1, 2, 3], {"id": 1}, {"$ne": None}, {"__class__": "x"}, [{}] * 500,
]  # fmt: skip
NUMBERS = [
    "", "0", "-1", "1", "+1", " 1 ", "1.0", "1e9", "0x1", "1_0", "\u0663", "NaN", "Infinity", "null", "true",
    "[]", "x", "'", "\x00", "9" * 18, "9" * 20, "9" * 4301, "-" + "9" * 30, "1;2", "1,2", "1 OR 1=1", "%",
    "%00", "\ufffd", "\r\n",
]  # fmt: skip


def to_json(value: Any) -> bytes:
    """Lone surrogates as escapes, which is how they can be sent at all."""
    return json.dumps(value).encode()
