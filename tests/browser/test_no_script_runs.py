"""What somebody wrote runs in no browser: every text that is kept is a script, and a browser reads the pages.

The answers are those of the site, with their headers, made first and then handed to the browser. By default
four pages, in which the long fields hold all of `scripts.py`. CHAOS=full: every page that the matrix knows,
each kind of mail and the administration; and then each of `scripts.py` in each field of `written.py`, in rows
of their own, of which a page shows as many as it can. Each says a number, which tells of what runs where it
stood.
"""

import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.db import transaction

from notifications.composing.previews import all_previews

from ..authorisation_scene import Scene
from ..scripts import PAYLOADS, RUNS
from ..shares import is_full
from ..test_authorisation_matrix import rows
from .looking import Seen, a_looker
from .written import FIELDS, FIRST_COPY, WRITTEN, Words, add_rows, fill, unknown_texts

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.timeout(3600 if is_full() else 120)]

Page = tuple[str, str]  # who looks, and at what
ROWS = 41  # of each kind in full, so that it takes nine rounds
AHEAD = 100  # pages that wait for the browser
# What the site itself shows of one row.
PAGES = {
    "community.Post": "/posts/{}/",
    "community.Group": "/groups/{}/",
    "accounts.User": "/u/{}/",
    "announcements.Announcement": "/announcements/{}/",
    "newsletters.Edition": "/newsletter/{}/",
    "moderation.Case": "/moderation/cases/{}/",
    "webhooks.Webhook": "/webhooks/{}/",
}
MARK = re.compile(rb"zq\d+q\d+z")
SAID = re.compile(rb"alert(?:\(|&#40;|%28)(\d{4,})")
PARTLY = {"admin.LogEntry.object_repr"}  # the ten newest, beside the administration's first page
SEER = {"webhooks.Webhook": "owner"}  # who may see it, if not those who keep the site
NAMED = {"community.Group": "slug", "accounts.User": "username"}  # by which an address names them
WATCH = """
    window.ran = [];
    for (const name of ["alert", "confirm", "prompt", "print"]) {
        window[name] = (said) => ran.push(`${name}(${said})`);
    }
    document.addEventListener("securitypolicyviolation",
        (event) => ran.push(`refused: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
FOUND = """() => ran.concat([...document.querySelectorAll("*")].flatMap((element) => [
    ...[...element.attributes].filter((one) => one.name.startsWith("on"))
        .map((one) => `${one.name}=${one.value}`),
    ...["href", "src", "action", "formAction"].map((name) => String(element[name] || "").trim())
        .filter((address) => /^(javascript|vbscript|data:text)/i.test(address)),
]))"""
BAD = "<p><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a><script>alert(1)</script></p>"


def script(field: str, number: int) -> str:
    """Which says its number in `scripts.py` and that of the field, as one."""
    number %= len(PAYLOADS)
    return PAYLOADS[number].replace(RUNS, f"alert({FIELDS.index(field)}{number:03d})")


def script_of_row(start: int, field: str, row: int) -> str:
    return script(field, start + row)


def scripts(field: str, numbers: Iterator[int]) -> str:
    """As many as there is room for, one at least and each once."""
    label, _dot, name = field.rpartition(".")
    room = apps.get_model(label)._meta.get_field(name).max_length or 0
    words = [script(field, next(numbers))]
    while sum(map(len, words)) + 2 * len(words) < room - 200 and room > 1000 and len(words) < len(PAYLOADS):
        words.append(script(field, next(numbers)))
    return "\n\n".join(words)


def told(found: str) -> str:
    """And whose it is."""
    names = [
        f"{FIELDS[int(said[:-3])]}: {PAYLOADS[int(said[-3:])]!r}"
        for said in re.findall(r"\((\d{4,})\)", found)
    ]
    return " ".join([found, *names])


def few_pages(scene: Scene) -> list[Page]:
    room = scene.things["private"]
    return [
        ("member", f"/posts/{room.post.pk}/"),
        ("member", f"/groups/{room.group.slug}/"),
        ("owner", "/notifications/"),
        ("staff", "/notifications/mail/like/frame/"),
    ]


def every_page(scene: Scene) -> list[Page]:
    """Who looks, and at what: what the matrix knows, each kind of mail, and the administration."""
    known = [
        (role, scene.path(role, row.name, row.kind))
        for row in rows()
        for role in ("superuser", "owner")
        if row.method == "GET" and row.expected[role] == "200" and not row.name.startswith(("api-", "schema"))
    ]
    mails = [("staff", f"/notifications/mail/{preview.name}/frame/") for preview in all_previews()]
    lists = [("superuser", "/admin/"), *(("superuser", f"{address}?all=") for address in kept().values())]
    deeds = ("superuser", f"/admin/accounts/user/{scene.people['superuser'].pk}/history/")
    firsts = [page for label in kept() for page in numbered(label)[:1]]
    return list(dict.fromkeys([*few_pages(scene), *known, *mails, *lists, *firsts, deeds]))


def kept() -> dict[str, str]:
    """Where the administration has what."""
    registered = [label for label in WRITTEN if apps.get_model(label) in site._registry]
    return {label: f"/admin/{label.lower().replace('.', '/')}/" for label in registered}


def numbered(label: str) -> list[Page]:
    """What the administration shows of each row."""
    keys = apps.get_model(label)._default_manager.order_by("pk").values_list("pk", flat=True)
    return [("superuser", f"{kept()[label]}{key}/change/") for key in keys]


def single_rows() -> list[Page]:
    """What the site shows of each."""
    pages: list[Page] = [("superuser", f"{kept()['notifications.Event']}{FIRST_COPY}/explain/")]
    for label, address in PAGES.items():
        copies = apps.get_model(label)._default_manager.filter(pk__gte=FIRST_COPY)
        names = copies.values_list(NAMED.get(label, "pk"), flat=True)
        pages += [(SEER.get(label, "superuser"), address.format(name)) for name in names]
    return pages


def enough_pages(scene: Scene) -> list[Page]:
    """The fewest, about, that show all that any shows; of the administration what the site does not."""
    marks = {f"zq{at}q{row}z".encode(): field for at, field in enumerate(FIELDS) for row in range(ROWS)}
    fill(lambda field, row: f"zq{FIELDS.index(field)}q{row}z", rows=ROWS)
    chosen: list[Page] = []
    left = set(marks)

    def choose(pages: list[Page]) -> None:
        shown = {page: left.intersection(MARK.findall(answered(scene, *page).body)) for page in pages}
        while shown:
            best = max(shown, key=lambda page: len(shown[page]))
            chosen.append(best)
            left.difference_update(shown[best])
            shown = {page: rest for page, some in shown.items() if (rest := some & left)}

    pages = [*every_page(scene), *single_rows()]
    choose([page for page in pages if not page[1].startswith("/admin/")])
    choose([page for page in pages if page[1].startswith("/admin/")])
    for label in {marks[mark].rpartition(".")[0] for mark in left} & set(kept()):
        choose(numbered(label))
    assert {marks[mark] for mark in left} <= PARTLY
    return chosen


def answered(scene: Scene, role: str, path: str) -> Seen:
    answer: Any = scene.browser(role).get(path, headers={"Accept": "text/html"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Seen(role, path, answer.status_code, dict(answer.headers), content)


def is_page(seen: Seen) -> bool:
    return seen.status == 200 and seen.headers["Content-Type"].startswith("text/html")


def made(scene: Scene) -> Iterator[Seen]:
    numbers = count()
    add_rows(scene, ROWS if is_full() else 0)
    pages = every_page(scene) if is_full() else few_pages(scene)
    yield from filled(scene, lambda field, row: scripts(field, numbers), pages)
    if not is_full():
        return
    pages = enough_pages(scene)
    for start in range(0, len(PAYLOADS), ROWS):
        print(f"{start} of {len(PAYLOADS)} scripts, {len(pages)} pages a round", flush=True)
        yield from filled(scene, partial(script_of_row, start), pages)


def filled(scene: Scene, words: Words, pages: list[Page]) -> Iterator[Seen]:
    fill(words, rows=ROWS)
    yield from filter(is_page, (answered(scene, role, path) for role, path in pages))


def a_script_that_runs(scene: Scene) -> Seen:
    """On the same page, had it no policy: to see that it would be seen."""
    post = scene.things["public"].post
    type(post).objects.filter(pk=post.pk).update(content_html=BAD)
    return answered(scene, "member", f"/posts/{post.pk}/")


def test_every_text_is_known_to_be_anybody_s_or_ours() -> None:
    assert unknown_texts() == set()


def test_no_text_of_anybody_s_runs(scene: Scene) -> None:
    waiting: deque[tuple[Seen, Future[list[str]]]] = deque()
    said = set[bytes]()

    def take() -> None:
        seen, found = waiting.popleft()
        assert [told(each) for each in found.result()] == [], (seen.role, seen.path)

    with a_looker(watch=WATCH, found=FOUND) as looker, transaction.atomic():
        for seen in made(scene):
            waiting.append((seen, looker.look(seen)))
            said.update(SAID.findall(seen.body))
            if len(waiting) > AHEAD:
                take()
        while waiting:
            take()
        bad = a_script_that_runs(scene)
        refused = looker.look(bad).result()
        ran = looker.look(bad._replace(headers={"Content-Type": "text/html"})).result()
        transaction.set_rollback(True)
    assert len(said) > (100 * len(FIELDS) if is_full() else len(FIELDS) // 2)
    assert any(one.startswith("refused: script-src") for one in refused)
    assert {"onerror=alert(1)", "javascript:alert(1)"} <= set(refused)
    assert "alert(1)" not in refused
    assert "alert(1)" in ran
