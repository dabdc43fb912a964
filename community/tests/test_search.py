import string
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community import actions, search, search_index
from community.models import Group, Post
from community.templatetags.highlight import found_in
from conftest import Browse

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def look() -> Callable[[User, str], list[str]]:
    """The headlines of the posts that this person finds."""
    return lambda user, query: [
        post.headline for post in search.find_posts(user, search.words_of(query)).order_by("-pk")
    ]


Look = Callable[[User, str], list[str]]


@pytest.fixture
def cafe(alice: User) -> Post:
    return actions.create_post(
        alice, "Bring the broken toaster, see example.org/mend-it.", title="Das Café öffnet"
    )


@pytest.mark.parametrize(
    "query",
    ["café", "cafe", "CAFÉ", "toas", "toaster café", "öffnet", "OFFNET", "mend", "example.org", '"broken"'],
)
def test_words_are_found_by_their_beginning_without_case_and_accents(
    look: Look, bob: User, cafe: Post, query: str
) -> None:
    assert look(bob, query) == ["Das Café öffnet"]


@pytest.mark.parametrize("query", ["oaster", "toaster missing", "", "   ", "***", "-broken OR tea"])
def test_other_words_find_nothing(look: Look, bob: User, cafe: Post, query: str) -> None:
    assert look(bob, query) == []


def test_everybody_finds_only_what_they_may_see(
    browse: Browse, alice: User, bob: User, chloe: User, group: Group, private_post: Post
) -> None:
    actions.comment(alice, private_post, "The heating is between the tenants.")
    found = browse(bob).get("/search/?q=tenants").context
    assert [group] == found["groups"]
    assert [private_post] == [comment.post for comment in found["comments"]]
    nothing = browse(chloe).get("/search/?q=tenants").context
    assert nothing["is_empty"]
    assert browse(bob).get("/search/?q=heating").context["posts"] == [private_post]
    assert browse(chloe).get("/search/?q=heating").context["posts"] == []


def test_people_are_found_by_name_and_username_and_never_by_address(
    browse: Browse, alice: User, bob: User
) -> None:
    client = browse(bob)
    assert client.get("/search/?q=ali").context["people"] == [alice]
    assert client.get("/search/?q=example.com").context["people"] == []
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/search/?q=ali").context["people"] == []


def test_the_index_follows_edits_and_deletions(look: Look, alice: User, bob: User, post: Post) -> None:
    actions.edit_post(alice, post, content="Now it is about tomatoes.")
    assert look(bob, "tomatoes") == [post.headline]
    assert look(bob, "many") == []
    answered = actions.comment(bob, post, "Green ones?")
    actions.comment(alice, post, "Red ones.", parent=answered)
    actions.delete_comment(bob, answered)
    assert list(search.find_comments(bob, ["green"])) == []
    actions.delete_post(alice, post)
    assert look(bob, "tomatoes") == []
    assert list(search.find_comments(bob, ["red"])) == []


def test_text_with_markup_is_shown_as_text(browse: Browse, alice: User, bob: User) -> None:
    actions.create_post(alice, "`<script>alert(1)</script>` and <b>bold</b> compost", title="<i>Compost</i>")
    page = browse(bob).get("/search/?q=compost").content.decode()
    assert "&lt;i&gt;<mark>Compost</mark>&lt;/i&gt;" in page
    assert "<script>alert" not in page
    assert "<mark>compost</mark>" in page


HOSTILE = [
    "'", '"', '"unclosed', "a' OR '1'='1", "NOT", "a NOT b", "AND", "OR OR", "NEAR(a b)", "title:compost",
    "a*b*", "^a", "(a", "a)", "{a}:b", "a & | ! b", "a:*", "a <-> b", "\\", "%", "_", "a\x00b", "\ud7ff",
    "\uffff", "💐", "a" * 10_000, "a " * 5_000, "'" * 10_000, "ß ſ ﬁ İ ı", "日本語",
    "ا", "\u0301\u0301", "½ ² ①",
]  # fmt: skip


def test_no_query_fails(browse: Browse, bob: User, cafe: Post) -> None:
    client = browse(bob)
    for query in HOSTILE:
        assert client.get("/search/", {"q": query}).status_code == 200
    for kind in ("posts", "comments", "groups", "people", "nonsense"):
        assert client.get("/search/", {"q": "a'\x00", "kind": kind, "cursor": "a'\x00"}).status_code == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60) | st.text(alphabet=string.punctuation + "ab \x00é", max_size=60))
def test_nothing_that_can_be_typed_fails(bob: User, query: str) -> None:
    words = search.words_of(query)
    list(search.find_posts(bob, words))
    list(search.find_people(words))


@given(text=st.text(max_size=80), words=st.lists(st.text(min_size=1, max_size=5), max_size=4))
def test_marking_changes_nothing_but_the_marks(text: str, words: list[str]) -> None:
    from community.templatetags.highlight import _mark, _spans

    plain_words = [plain for word in words for plain in search.words_of(word)]
    marked = str(_mark(text, 0, len(text), _spans(text, plain_words)))
    assert marked.replace("<mark>", "").replace("</mark>", "") == str(_mark(text, 0, len(text), []))


def test_a_long_text_is_shown_around_the_word() -> None:
    html = f"<p>{'Much before it. ' * 40}</p><p>Then the Ümlaut comes. {'And much after. ' * 40}</p>"
    shown = found_in(["umlaut"], html)
    assert "<mark>Ümlaut</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 300


def test_posts_go_on_page_by_page(browse: Browse, alice: User, bob: User) -> None:
    for number in range(23):
        actions.create_post(alice, f"Compost number {number}")
    client = browse(bob)
    assert len(client.get("/search/?q=compost").context["posts"]) == 5
    first = client.get("/search/?q=compost&kind=posts")
    assert first.context["posts"][0].content == "Compost number 22"
    second = client.get(f"/search/{first.context['older_url']}")
    assert [post.content for post in second.context["posts"]][-1] == "Compost number 0"
    assert len(first.context["posts"]) + len(second.context["posts"]) == 23


def test_the_number_of_queries_does_not_grow_with_what_is_found(
    browse: Browse, alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(bob)
    _write_about_compost(alice, 1)
    client.get("/search/?q=compost")
    with django_assert_num_queries(8):
        client.get("/search/?q=compost")
    _write_about_compost(alice, 5)
    with django_assert_num_queries(8):
        client.get("/search/?q=compost")


def _write_about_compost(author: User, times: int) -> None:
    for number in range(times):
        group = actions.create_group(author, f"Compost {times} {number}")
        actions.comment(
            author, actions.create_post(author, f"Compost {number}", group=group), f"Compost! {number}"
        )


def test_the_index_is_used(alice: User, post: Post) -> None:
    found = search.find_posts(alice, ["seedlings"]).order_by()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A plan through the key would do for one row: leave it those that a full-text index serves.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert "community_post_search" in found.explain()


def test_an_index_that_lost_its_triggers_is_mended(look: Look, alice: User, bob: User, post: Post) -> None:
    """Where SQLite changes a table by making it anew, the triggers go with the old one."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER community_post_search_update")
        actions.edit_post(alice, post, content="Now it is about tomatoes.")
        assert look(bob, "tomatoes") == []
    else:
        actions.edit_post(alice, post, content="Now it is about tomatoes.")
    search_index.install(connection)
    assert look(bob, "tomatoes") == [post.headline]


def test_the_empty_search_page_asks_what_to_look_for(client: Client, browse: Browse, bob: User) -> None:
    page = browse(bob).get("/search/").content.decode()
    assert page.count("<h1") == 1
    assert "Look for anything" in page
