from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from community import actions
from community.models import Group, Post, PostImage
from conftest import Browse

from .hostile_pictures import REFUSED, drawn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_a_post_is_written_and_shown(browse: Browse, alice: User) -> None:
    answer = browse(alice).post("/posts/new/", {"title": " Hello  all ", "content": "Words", "group": ""})

    post = Post.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/posts/{post.pk}/")
    assert (post.title, post.content, post.group, post.author) == ("Hello all", "Words", None, alice)


def test_a_double_click_writes_one_post(browse: Browse, alice: User) -> None:
    client = browse(alice)
    first, second = (client.post("/posts/new/", {"content": "Words"}) for _n in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Post.objects.count() == 1


def test_the_group_of_the_address_is_chosen_among_ones_own(
    browse: Browse, bob: User, chloe: User, group: Group
) -> None:
    chosen = f'<option value="{group.slug}" selected>'
    assert chosen in browse(bob).get(f"/posts/new/?group={group.slug}").content.decode()
    assert group.name not in browse(chloe).get(f"/posts/new/?group={group.slug}").content.decode()


def test_strangers_do_not_post_in_a_group(browse: Browse, bob: User, chloe: User, group: Group) -> None:
    sent = {"content": "Words", "group": group.slug}
    refused = browse(chloe).post("/posts/new/", sent)
    assert refused.status_code == 422
    assert group.name not in refused.content.decode()

    browse(bob).post("/posts/new/", sent)
    assert Post.objects.get().group == group


def test_what_was_typed_stays_when_something_is_wrong(browse: Browse, alice: User) -> None:
    bad = SimpleUploadedFile("bad.svg", REFUSED["svg"])
    sent = {"title": "My title", "content": "My <words>", "images_1": bad, "alt_1": "My garden"}
    answer = browse(alice).post("/posts/new/", sent)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "“bad.svg” cannot be read" in page
    assert all(words in page for words in ("My title", "My &lt;words&gt;", "My garden"))
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"content": " "},
        {"content": "a\0b"},
        {"content": "x" * 20_001},
        {"content": "x", "title": "x" * 151},
    ],
)
def test_wrong_words_are_said_and_nothing_is_written(
    browse: Browse, alice: User, sent: dict[str, str]
) -> None:
    answer = browse(alice).post("/posts/new/", sent)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Post.objects.exists()


def test_a_preview_shows_the_words_and_writes_nothing(browse: Browse, alice: User) -> None:
    sent = {"content": "Some *soft* words", "preview": "1"}
    page = browse(alice).post("/posts/new/", sent).content.decode()
    part = browse(alice).post("/posts/new/", sent, headers={"HX-Request": "true"}).content.decode()

    assert "<em>soft</em>" in page
    assert "Some *soft* words</textarea>" in page
    assert "<em>soft</em>" in part
    assert "<html" not in part
    assert not Post.objects.exists()


def test_pictures_come_with_their_descriptions(browse: Browse, alice: User, media: Path) -> None:
    sent = {
        "content": "Look",
        "images_0": SimpleUploadedFile("../a.png", drawn("PNG")),
        "alt_0": "A  shed",
        "images_3": SimpleUploadedFile("b.jpg", drawn("JPEG", (30, 90))),
    }
    browse(alice).post("/posts/new/", sent)

    first, second = Post.objects.get().images.all()
    assert (first.alt, first.width, first.height) == ("A shed", 60, 40)
    assert (second.alt, second.width, second.height) == ("", 30, 90)
    assert sorted(files(media)) == sorted(media / str(image.file) for image in (first, second))


def test_a_picture_is_for_those_who_may_see_its_post(
    browse: Browse, bob: User, chloe: User, group: Group
) -> None:
    sent = {
        "content": "Look",
        "group": group.slug,
        "images_0": SimpleUploadedFile("a.png", drawn("PNG")),
    }
    browse(bob).post("/posts/new/", sent)
    image = PostImage.objects.get()
    answer = browse(bob).get(image.get_absolute_url())

    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.getvalue()[8:12] == b"WEBP"
    have = {"If-None-Match": answer.headers["ETag"]}
    assert browse(bob).get(image.get_absolute_url(), headers=have).status_code == 304
    assert browse(chloe).get(image.get_absolute_url(), headers=have).status_code == 404
    assert browse(chloe).get(image.get_absolute_url()).status_code == 404
    image.file.storage.delete(str(image.file))
    assert browse(bob).get(image.get_absolute_url()).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_files_go_with_the_post_and_with_the_group(
    browse: Browse, bob: User, alice: User, group: Group, media: Path
) -> None:
    for n in range(2):
        picture = SimpleUploadedFile("a.png", drawn("PNG"))
        browse(bob).post("/posts/new/", {"content": f"{n}", "group": group.slug, "images_0": picture})
    assert len(files(media)) == 2

    actions.delete_post(bob, Post.objects.all()[0])
    assert len(files(media)) == 1
    actions.delete_group(alice, group)
    assert files(media) == []


@pytest.mark.django_db(transaction=True)
def test_no_file_stays_when_the_post_could_not_be_written(
    browse: Browse, alice: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        assert len(files(media)) == 1
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(PostImage.objects, "create", fail)
    client, picture = browse(alice), SimpleUploadedFile("a.png", drawn("PNG"))
    with pytest.raises(RuntimeError):
        client.post("/posts/new/", {"content": "Look", "images_0": picture})

    assert files(media) == []
    assert not Post.objects.exists()


def test_a_request_of_any_size_is_not_read(
    browse: Browse, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("community.uploads.REQUEST_BYTES", 10_000)
    large = SimpleUploadedFile("a.png", b"\0" * 20_000)

    assert browse(alice).post("/posts/new/", {"content": "Look", "images_0": large}).status_code == 400
    assert not Post.objects.exists()
