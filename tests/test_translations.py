"""Every text of the site is in every language. `python -m testing.catalogue` brings the files in line."""

import gettext
import re
from collections.abc import Sequence

import pytest
from babel.messages.catalog import Catalog, Message

from testing import catalogue as catalogues

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|%%|</?\w+|href=|\{\w+\}|`[^`]+`")


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return catalogues.extracted()


@pytest.fixture(scope="module", params=catalogues.LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return catalogues.read(request.param)


def texts(message: Message) -> tuple[Sequence[str], Sequence[str]]:
    """The text, and what it became: each in its one form, or its several."""
    ids, strings = message.id, message.string or ""
    return [ids] if isinstance(ids, str) else ids, [strings] if isinstance(strings, str) else strings


def test_every_text_is_in_the_catalogue_and_no_other(sources: Catalog, catalogue: Catalog) -> None:
    here, there = ({(m.context, texts(m)[0][-1]) for m in each if m.id} for each in (sources, catalogue))
    assert here - there == set(), "run: python -m testing.catalogue"
    assert there - here == set(), "run: python -m testing.catalogue"


def test_every_text_is_translated(catalogue: Catalog) -> None:
    assert catalogues.untranslated(catalogue) == []
    assert [catalogues.name_of(message) for message in catalogue if message.id and message.fuzzy] == []


def test_what_is_filled_in_later_is_in_the_translation_too(catalogue: Catalog) -> None:
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        ids, strings = texts(message)
        wanted, forms = (
            sorted(PLACEHOLDER.findall(ids[-1])),
            [sorted(PLACEHOLDER.findall(s)) for s in strings],
        )
        # Only the form for one may leave its number out.
        if forms[-1] != wanted or not all(set(form) <= set(wanted) for form in forms):
            wrong.append((ids[-1], strings[-1]))
    assert wrong == []


def test_every_plural_has_its_forms(catalogue: Catalog) -> None:
    assert [m.id for m in catalogue if m.pluralizable and len(texts(m)[1]) != catalogue.num_plurals] == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_readable_one(language: str) -> None:
    with catalogues.po_path(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in catalogues.read(language):
        if not message.id:
            continue
        ids, strings = texts(message)
        if len(ids) > 1:
            found = [compiled.ngettext(ids[0], ids[1], number) for number in (1, 2)]
        elif message.context:
            found = [compiled.pgettext(message.context, ids[0])]
        else:
            found = [compiled.gettext(ids[0])]
        assert found == list(strings), "run: python -m testing.catalogue"
