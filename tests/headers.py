"""What every answer of the site says to browsers, whatever it answers."""

from http.cookies import Morsel
from typing import Any

# Addresses whose answers are the same for everybody, or for a while the same for one person's browser.
MAY_BE_KEPT = ("/static/", "/images/", "/service-worker.js", "/api/schema", "/api/docs")
SWAGGER = "/api/docs"  # sets styles from its script, and is the only page that may
EXECUTED = ("default-src", "script-src", "style-src", "script-src-elem", "style-src-attr")


def faults(response: Any, path: str, *, kept: tuple[str, ...] = MAY_BE_KEPT) -> list[str]:
    """What is wrong with its headers; nothing, one hopes."""
    found = []
    rules = {
        name: set(sources)
        for name, *sources in (
            rule.split() for rule in response.get("Content-Security-Policy", "").split(";") if rule
        )
    }
    loose = [
        (name, source)
        for name in EXECUTED
        for source in rules.get(name, ())
        if not (path.startswith(SWAGGER) and name == "style-src")
        and source not in {"'self'", "'none'"}
        and not source.startswith("'nonce-")
    ]
    if not rules.get("default-src") or loose:
        found.append(f"content security policy: {loose or rules}")
    if rules.get("frame-ancestors") != {"'none'"} and "sandbox" not in rules:
        found.append("may be framed")
    for name, wanted in (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ):
        if response.get(name) != wanted:
            found.append(f"{name}: {response.get(name)}")
    if "camera=()" not in response.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    is_kept = path.startswith(kept) or "public" in response.get("Cache-Control", "")
    if not is_kept and "no-store" not in response.get("Cache-Control", ""):
        found.append(f"Cache-Control: {response.get('Cache-Control')}")
    return found + [
        fault for cookie in response.cookies.values() if cookie.value for fault in _of_cookie(cookie)
    ]


def _of_cookie(cookie: "Morsel[str]") -> list[str]:
    """The CSRF cookie may be read by scripts: it is no secret from the page, which shows it in its forms."""
    wanted = {"samesite": "Lax", "httponly": True} if cookie.key != "csrftoken" else {"samesite": "Lax"}
    return [f"cookie {cookie.key}: no {name}" for name, value in wanted.items() if cookie[name] != value]
