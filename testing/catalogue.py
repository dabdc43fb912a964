"""The catalogues of the site's texts: what is to be translated, found in the sources; and the compiled form.

`python -m testing.catalogue` writes both anew, without the tools of gettext: new texts come into the
catalogue empty, those that are gone leave it, what is translated stays. Then fill in what it names.
"""

import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # so that the files change with the texts alone
LANGUAGES = ("de",)  # beside English, the language of the sources
OUTSIDE = re.compile(r"(.*/)?(\..*|var|node_modules|static|tests|testing|migrations|benchmarks|docs|bin)/")
KEYWORDS: dict[str, Any] = {
    name + lazy: where
    for name, where in {
        "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
    }.items()
    for lazy in ("", "_lazy")
} | {"_": None, "gettext_noop": None}  # fmt: skip


def po_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def extracted() -> Catalog:
    """Every text of the site that is marked for translation."""
    found = Catalog(domain="django", charset="utf-8")
    for path in _sources():
        source = (ROOT / path).read_text(encoding="utf-8")
        text = source if path.endswith(".py") else _as_python(source, path)
        for _line, message, _comments, context in extract(
            "python", io.BytesIO(text.encode()), keywords=KEYWORDS
        ):
            found.add(message, locations=[(path, 0)], context=context)
    return found


def read(language: str) -> Catalog:
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain="django")


def write(language: str) -> None:
    """Bring the catalogue in line with the sources, and compile it."""
    catalogue = read(language)
    catalogue.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = ANY_DAY
    with po_path(language).open("wb") as file:
        write_po(file, catalogue, width=110, include_lineno=False, omit_header=False)
    with po_path(language).with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)


def untranslated(catalogue: Catalog) -> list[str]:
    return [name_of(message) for message in catalogue if message.id and not _is_whole(message)]


def name_of(message: Message) -> str:
    first = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}: {first}" if message.context else first


def _is_whole(message: Message) -> bool:
    parts = [message.string] if isinstance(message.string, str) else message.string or [""]
    return all(parts)


def _sources() -> Iterator[str]:
    for folder in sorted(ROOT.iterdir()):
        pattern = "*.*" if folder.name == "templates" else "*.py"
        found = (
            () if OUTSIDE.match(f"{folder.name}/") or not folder.is_dir() else sorted(folder.rglob(pattern))
        )
        for path in (path.relative_to(ROOT).as_posix() for path in found):
            if not OUTSIDE.match(path):
                yield path


def _as_python(template: str, path: str) -> str:
    """Django's own view of a template: calls of gettext, and crosses for the rest."""
    return "\n".join(line.strip() for line in templatize(template, origin=path).splitlines())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "myproject.settings_test")
    django.setup()
    for each in LANGUAGES:
        write(each)
        missing = untranslated(read(each))
        sys.stdout.write("".join(f"{each}: {text}\n" for text in missing) or f"{each}: nothing is missing\n")
