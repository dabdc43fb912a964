"""What every answer of the site says to browsers, whatever it answers."""

import re
from http.cookies import Morsel
from typing import Any

# Addresses whose answers are the same for everybody, or for a while the same for one person's browser.
MAY_BE_KEPT = ("/static/", "/service-worker.js", "/manifest.webmanifest", "/api/schema", "/api/docs")
PICTURE = re.compile(r"/images/\d+/\Z")
# Mails as they are sent, for a frame of our own: their styles stand at each element, as mail programs
# want it. The frame is a sandbox, in which nothing runs and which is of no site.
FRAMED = re.compile(r"/notifications/mail/[\w-]+/frame/|/newsletter/\d+/mail/")
EXECUTED = ("default-src", "script-src", "style-src", "script-src-elem", "style-src-attr")


def faults(response: Any, path: str) -> list[str]:
    """What is wrong with its headers; nothing, one hopes."""
    headers, found = response.headers, []
    rules = {
        name: set(sources)
        for name, *sources in (
            rule.split() for rule in headers.get("Content-Security-Policy", "").split(";") if rule
        )
    }
    is_framed = bool(FRAMED.fullmatch(path)) and "sandbox" in rules
    loose = [
        (name, source)
        for name in EXECUTED
        for source in rules.get(name, ())
        if source not in {"'self'", "'none'"} and not (is_framed and name == "style-src")
    ]
    if not rules.get("default-src") or loose:
        found.append(f"content security policy: {loose or rules}")
    if rules.get("frame-ancestors") != ({"'self'"} if is_framed else {"'none'"}):
        found.append("may be framed")
    for name, wanted in (
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "SAMEORIGIN" if is_framed else "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ):
        if headers.get(name) != wanted:
            found.append(f"{name}: {headers.get(name)}")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    kept = headers.get("Cache-Control", "")
    if "no-store" not in kept and not _may_be_kept(path, kept):
        found.append(f"Cache-Control: {kept}")
    cookies = getattr(response, "cookies", {})
    return found + [fault for cookie in cookies.values() if cookie.value for fault in _of_cookie(cookie)]


def _may_be_kept(path: str, kept: str) -> bool:
    """A picture by the browser of whoever may see it, and by nothing on the way."""
    return path.startswith(MAY_BE_KEPT) or ("private" in kept and bool(PICTURE.search(path)))


def faults_on_tls(response: Any, path: str) -> list[str]:
    found = faults(response, path)
    if "max-age=31536000" not in response.headers.get("Strict-Transport-Security", ""):
        found.append("no Strict-Transport-Security")
    return found + [
        f"cookie {cookie.key}: not secure"
        for cookie in response.cookies.values()
        if cookie.value and not cookie["secure"]
    ]


def _of_cookie(cookie: "Morsel[str]") -> list[str]:
    """The CSRF cookie may be read by scripts: it is no secret from the page, which shows it in its forms."""
    wanted = {"samesite": "Lax", "httponly": True} if cookie.key != "csrftoken" else {"samesite": "Lax"}
    return [f"cookie {cookie.key}: no {name}" for name, value in wanted.items() if cookie[name] != value]
