"""The search page: a little of everything, or one kind of thing page by page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .. import search
from .paging import page_of
from .requests import SignedInRequest

KINDS = ("posts", "comments", "groups", "people")
A_FEW = 5
MANY = 50  # groups and people are found by name: whoever finds more adds a word


@login_required
@require_GET
def search_page(request: SignedInRequest) -> HttpResponse:
    query = request.GET.get("q", "")[: search.QUERY_LENGTH].replace("\x00", "").strip()
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    words = search.words_of(query)
    context: dict[str, Any] = {"query": query, "kind": kind, "words": words}
    if not words:
        return render(request, "community/search.html", context)
    shown = (kind,) if kind else KINDS
    found = {
        "posts": search.find_posts(request.user, words),
        "comments": search.find_comments(request.user, words),
        "groups": search.find_groups(request.user, words),
        "people": search.find_people(words),
    }
    for name in ("posts", "comments"):
        if name in shown:
            page = page_of(found[name], request.GET.get("cursor", ""), size=20 if kind else A_FEW)
            context |= {name: page.rows, f"more_{name}": page.older}
            context["older_url"] = "?" + urlencode({"q": query, "kind": kind, "cursor": page.older})
    for name in ("groups", "people"):
        if name in shown:
            limit = MANY if kind else A_FEW
            rows = list(found[name][: limit + 1])
            context |= {name: rows[:limit], f"more_{name}": len(rows) > limit}
    context["is_empty"] = not any(context.get(name) for name in KINDS)
    return render(request, "community/search.html", context)
