"""A person without a picture: initials on one of seven earth tones."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError

from web.people import TONES, face_of


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ana Lindqvist", "AL"),
        ("Wim", "W"),
        ("ana", "A"),
        ("Maria  del Carmen   Ruiz", "MR"),
        ("“Bo” (Bob) O'Neill", "BO"),
        ("李小龍", "李"),
        ("🌻", "?"),
        ("", "?"),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(name: str, initials: str) -> None:
    assert face_of(name).initials == initials


def test_a_name_has_the_same_tone_in_every_process_and_release() -> None:
    assert [face_of(name).tone for name in ("Ana Lindqvist", "Ben Okafor", "Chloe Marten")] == [0, 6, 3]


def test_case_and_outer_spaces_do_not_change_the_tone() -> None:
    assert face_of(" ana lindqvist ").tone == face_of("Ana Lindqvist").tone


def test_every_tone_is_used() -> None:
    assert {face_of(f"Person {number}").tone for number in range(200)} == set(range(TONES))


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_an_avatar_is_a_class_never_an_inline_style() -> None:
    html = render("{% avatar person 'lg' %}", person=SimpleNamespace(name="Ana Lindqvist", username="ana"))
    assert html == '<span class="av av-lg tone-0" aria-hidden="true">AL</span>'


def test_a_person_without_a_name_shows_the_username() -> None:
    assert ">B<" in render("{% avatar person %}", person=SimpleNamespace(name="", username="ben"))


def test_nobody_is_drawn_as_a_neutral_figure() -> None:
    assert "av-none" in render("{% avatar nobody %}", nobody=None)


def test_a_name_cannot_smuggle_in_markup() -> None:
    assert "<b>" not in render("{% avatar name %}{% avatars names %}", name="<b> <i>", names=["<b>"])


def test_an_unknown_size_is_the_template_authors_mistake() -> None:
    with pytest.raises(TemplateSyntaxError):
        render("{% avatar 'Ana' 'huge' %}")


def test_a_stack_shows_the_first_three_with_one_letter_each() -> None:
    html = render("{% avatars names %}", names=["Ana Lindqvist", "Ben Okafor", "Chloe Marten", "Mira Sand"])
    assert html.count('class="av ') == 3
    assert ">A<" in html
    assert "AL" not in html
