"""What somebody wrote runs in no browser: every text that is kept is a script, and a browser reads the pages.

The answers are those of the site, with their headers, made first and then handed to the browser. By default
four pages and one round, in which the long fields hold all of `scripts.py`; CHAOS=full: every page that the
matrix knows, and rounds until each text was in every field.
"""

from collections.abc import Callable, Iterator
from itertools import chain, cycle, repeat
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.staticfiles.finders import find
from django.db import transaction

from community.text import render_markdown
from notifications.composing.previews import all_previews
from testing.browser import open_browser

from ..authorisation_scene import Scene
from ..scripts import PAYLOADS
from ..shares import is_full
from ..test_authorisation_matrix import rows

if TYPE_CHECKING:
    from playwright.sync_api import Page as Window
    from playwright.sync_api import Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.timeout(3600 if is_full() else 120)]

Page = tuple[str, str]  # who looks, and at what
HERE = "http://testserver"
AT_ONCE = 12  # rounds whose pages are kept in memory
# What people write, and what others send that is shown: answers of servers, names of browsers, addresses.
WRITTEN = {
    "community.Post": ("title", "content"),
    "community.Comment": ("content",),
    "community.Group": ("name", "description"),
    "community.PostImage": ("alt",),
    "accounts.User": ("name", "bio"),
    "announcements.Announcement": ("title", "content"),
    "newsletters.Edition": ("title", "content"),
    "newsletters.Subscriber": ("address",),
    "moderation.Case": ("title", "said"),
    "moderation.Flag": ("words",),
    "moderation.Decision": ("words", "appeal", "answer"),
    "moderation.WordRule": ("pattern",),
    "moderation.Step": ("words",),
    "webhooks.Webhook": ("url",),
    "webhooks.Call": ("answer",),
    "notifications.Delivery": ("last_error",),
    "notifications.Attempt": ("answer",),
    "notifications.Event": ("last_error",),
    "notifications.PushSubscription": ("label",),
    "rights.Departure": ("reason",),
}  # fmt: skip
WATCH = """
    window.ran = [];
    for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => ran.push(name);
    document.addEventListener("securitypolicyviolation",
        (event) => ran.push(`refused: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
FOUND = """() => ran.concat([...document.querySelectorAll("*")].flatMap((element) => [
    ...[...element.attributes].map((one) => one.name).filter((name) => name.startsWith("on")),
    ...["href", "src", "action", "formAction"].map((name) => String(element[name] || "").trim())
        .filter((address) => /^(javascript|vbscript|data:text)/i.test(address)),
]))"""


def fill(text_for: Callable[[str], Iterator[str]]) -> None:
    """Each field of each row holds as many of the texts as there is room for, and at least a part of one."""
    for label, names in WRITTEN.items():
        model: Any = apps.get_model(label)
        for row in model.objects.all():
            changed = {
                name: fitted(text_for(f"{label}.{name}"), model._meta.get_field(name).max_length)
                for name in names
            }
            if "content" in changed and hasattr(row, "content_html"):
                changed["content_html"] = render_markdown(changed["content"])
            model.objects.filter(pk=row.pk).update(**changed)


def fitted(texts: Iterator[str], room: int) -> str:
    words = [next(texts)]
    while room > 1000 and sum(map(len, words)) + 2 * len(words) < room - 200 and len(words) < len(PAYLOADS):
        words.append(next(texts))
        if words[-1] == words[0]:
            break
    return "\n\n".join(words)[:room]


def every_page(scene: Scene) -> list[Page]:
    """Who looks, and at what: what the matrix knows, each kind of mail, and the administration."""
    known = [
        (role, scene.path(role, row.name, row.kind))
        for row in rows()
        for role in ("superuser", "owner")
        if row.method == "GET" and row.expected[role] == "200" and not row.name.startswith(("api-", "schema"))
    ]
    mails = [("staff", f"/notifications/mail/{preview.name}/frame/") for preview in all_previews()]
    kept = [
        ("superuser", f"/admin/{model._meta.label_lower.replace('.', '/')}/{rest}")
        for model in map(apps.get_model, WRITTEN)
        for rest in (
            "",
            f"{model._default_manager.order_by('pk').values_list('pk', flat=True).first()}/change/",
        )
        if model in site._registry
    ]
    return list(dict.fromkeys([*few_pages(scene), *known, *mails, *kept]))


def few_pages(scene: Scene) -> list[Page]:
    room = scene.things["private"]
    return [
        ("member", f"/posts/{room.post.pk}/"),
        ("member", f"/groups/{room.group.slug}/"),
        ("owner", "/notifications/"),
        ("staff", "/notifications/mail/like/frame/"),
    ]


def enough_pages(scene: Scene) -> list[Page]:
    """The fewest, about, that show each field which any page shows."""
    marks = {
        f"{label}.{name}": f"zq{label}{name}".replace(".", "") for label in WRITTEN for name in WRITTEN[label]
    }
    shown = {
        (seen.role, seen.path): {mark for mark in marks.values() if mark.encode() in seen.answer["body"]}
        for seen in filled(scene, lambda field: repeat(marks[field]), every_page(scene))
    }
    chosen: list[Page] = []
    left = set.union(*shown.values())
    assert len(left) > 20, left
    while left:
        best = max(shown, key=lambda page: len(shown[page] & left))
        chosen.append(best)
        left -= shown[best]
    return chosen


class Seen(NamedTuple):
    role: str
    path: str
    answer: dict[str, Any]  # as Playwright takes it


def answered(scene: Scene, role: str, path: str) -> Seen:
    answer: Any = scene.browser(role).get(path, headers={"Accept": "text/html"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = {"status": answer.status_code, "headers": dict(answer.headers), "body": content}
    return Seen(role, path, said)


def is_page(answer: dict[str, Any]) -> bool:
    return bool(answer["status"] == 200 and answer["headers"]["Content-Type"].startswith("text/html"))


def filled(scene: Scene, text_for: Callable[[str], Iterator[str]], pages: list[Page]) -> list[Seen]:
    with transaction.atomic():
        fill(text_for)
        seen = [answered(scene, role, path) for role, path in pages]
        seen = [each for each in seen if is_page(each.answer)]
        transaction.set_rollback(True)
    return seen


def look(page: "Window", seen: Seen) -> list[str]:
    """What ran, was refused by the policy, or stands ready to run."""

    def answer(route: "Route") -> None:
        address = urlsplit(route.request.url)
        if f"{address.scheme}://{address.netloc}" != HERE:
            route.abort()
        elif address.path.startswith("/static/") and (file := find(address.path.removeprefix("/static/"))):
            route.fulfill(path=file)
        elif route.request.is_navigation_request() and route.request.frame == page.main_frame:
            route.fulfill(**seen.answer)
        else:
            route.fulfill(status=204)

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(HERE + seen.path, wait_until="load")
    found: list[str] = page.evaluate(FOUND)
    return found


def in_turn(_field: str, texts: Iterator[str] = cycle(PAYLOADS)) -> Iterator[str]:  # noqa: B008 # one for all
    return texts


def only(text: str) -> Callable[[str], Iterator[str]]:
    return lambda field: repeat(text)


def rounds(scene: Scene) -> Iterator[list[Seen]]:
    if not is_full():
        yield filled(scene, in_turn, few_pages(scene))
        return
    yield filled(scene, in_turn, every_page(scene))
    pages = enough_pages(scene)
    for start in range(0, len(PAYLOADS), AT_ONCE):
        texts = PAYLOADS[start : start + AT_ONCE]
        yield list(chain.from_iterable(filled(scene, only(text), pages) for text in texts))


def a_script_that_runs(scene: Scene) -> Seen:
    """On the same page, had it no policy: to see that it would be seen."""
    post = scene.things["public"].post
    bad = "<p><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a><script>alert(1)</script></p>"
    with transaction.atomic():
        type(post).objects.filter(pk=post.pk).update(content_html=bad)
        seen = answered(scene, "member", f"/posts/{post.pk}/")
        transaction.set_rollback(True)
    return seen


def test_no_text_of_anybody_s_runs(scene: Scene) -> None:
    bad = a_script_that_runs(scene)
    free = bad.answer | {"headers": {"Content-Type": "text/html"}}
    shown = 0
    for made in rounds(scene):
        with open_browser() as browser:
            page = browser.new_page()
            page.add_init_script(WATCH)
            for seen in made:
                assert look(page, seen) == [], (seen.role, seen.path)
                shown += seen.answer["body"].count(b"alert(1)")
            refused, ran = look(page, bad), look(page, bad._replace(answer=free))
    assert shown > len(PAYLOADS)
    assert any(one.startswith("refused: script-src") for one in refused)
    assert {"onerror", "javascript:alert(1)"} <= set(refused)
    assert "alert" not in refused
    assert "alert" in ran
