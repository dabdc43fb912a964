"""Addresses of other sites, disguised as pages of this one, and where a browser would go by them."""

import re

OTHER = "elsewhere.example"
HERE = "testserver"
_CONTROLS = "".join(map(chr, range(33)))  # what browsers cut off at both ends, the space among them
_SPECIAL = re.compile(r"(https?|ftp|wss?):", re.IGNORECASE)

_PLAIN = [
    f"http://{OTHER}",
    f"https://{OTHER}/",
    f"HTTPS://{OTHER}",
    f"//{OTHER}",
    f"///{OTHER}",
    f"////{OTHER}/",
]
_SLASHES = [
    f"\\\\{OTHER}", f"/\\{OTHER}", f"\\/{OTHER}", f"/\\/{OTHER}", f"http:\\\\{OTHER}", f"https:/\\{OTHER}",
    f"http:{OTHER}", f"https:{OTHER}", f"https:/{OTHER}", f"http:///{OTHER}", f"https:////{OTHER}",
    f"\\\\\\{OTHER}",
]  # fmt: skip
_CUT = [
    f" //{OTHER}", f"\t//{OTHER}", f"/\t/{OTHER}", f"/\n/{OTHER}", f"/\r/{OTHER}", f"\x00//{OTHER}",
    f"\x01//{OTHER}", f"\x1f\x1f//{OTHER}", f"ht\ntps://{OTHER}", f"https:\t//{OTHER}", f"//\t{OTHER}",
    f"\x0b//{OTHER}", f"\u2028//{OTHER}", f"\xa0//{OTHER}",
]  # fmt: skip
_NAMES = [
    f"http://{HERE}@{OTHER}", f"http://{HERE}:80@{OTHER}/", f"//{HERE}@{OTHER}", f"http://{HERE}.{OTHER}/",
    f"http://{OTHER}?{HERE}", f"http://{OTHER}#{HERE}", f"http://{OTHER}\\@{HERE}/", f"http://{OTHER}/\\{HERE}",
    f"//{OTHER}\\.{HERE}", f"http://{HERE}%00.{OTHER}/", f"http://{HERE}%2f@{OTHER}/", f"http://{OTHER}:80/",
    f"http://[::1]@{OTHER}/", "http://2130706433/", "//0x7f.1/", "http://[::ffff:127.0.0.1]/",
    "//\uff45lsewhere.example", "//elsewhere\u3002example", f"http://{OTHER}%23@{HERE}/",
]  # fmt: skip
_SCHEMES = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
    f"javascript://{HERE}/%0aalert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
    f"ftp://{OTHER}/", f"file://{OTHER}/", f"blob:http://{OTHER}/1", "about:blank", "mailto:a@b.example",
    f"ws://{OTHER}/", "view-source:x", "intent://x#Intent;end",
]  # fmt: skip
_STRANGE = [
    "nowhere",
    "feed",
    ".",
    "?",
    f"/\r\nLocation: https://{OTHER}/",
    f"/%0d%0aLocation:%20//{OTHER}",
    f"//{OTHER}/%2e%2e",
    f"/..//{OTHER}",
]
PAYLOADS = [*_PLAIN, *_SLASHES, *_CUT, *_NAMES, *_SCHEMES, *_STRANGE]


def leads_away(address: str, *, is_secure: bool = False) -> bool:
    """As browsers read it (WHATWG URL): backslashes are slashes, and blanks and ends of lines are nothing."""
    address = re.sub(r"[\t\r\n]", "", address.strip(_CONTROLS)).replace("\\", "/")
    if scheme := re.match(r"([a-z][a-z0-9+.-]*):", address, re.IGNORECASE):
        own = "https:" if is_secure else "http:"
        rest = address[scheme.end() :]
        if not _SPECIAL.match(address):
            return True
        if scheme[0].lower() == own and not rest.startswith("/"):
            return False  # a path of this site, in a strange spelling
        if not scheme[0].lower().startswith("http"):
            return True
        return _host(rest.lstrip("/")) != HERE
    return address.startswith("//") and _host(address.lstrip("/")) != HERE


def _host(rest: str) -> str:
    return re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower()
