"""Lists of addresses as CSV: in, for those who agreed elsewhere, and out."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from notifications.sql import among
from notifications.transactions import acting

from .models import Subscriber
from .permissions import may_publish
from .segments import all_reached
from .subscribing import clean_address

BYTES_MAX = 1024 * 1024
LINES_MAX = 10_000
PROBLEMS_SHOWN = 50
COLUMNS = ("email", "agreed", "language")
AGREED = {"yes", "y", "1", "true", "x", "ja", "j", "wahr"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


@dataclass(slots=True)
class Imported:
    """What became of a list, line by line."""

    added: int = 0
    known: int = 0
    not_agreed: int = 0
    ended: int = 0  # who ended it once stays out
    problems: list[tuple[int, str]] = field(default_factory=list)
    problems_count: int = 0

    def complain(self, line: int, words: str) -> None:
        self.problems_count += 1
        if len(self.problems) < PROBLEMS_SHOWN:
            self.problems.append((line, words))


def import_list(user: User, data: bytes) -> Imported:
    """Subscribe those that are marked as having agreed. Raises ValidationError for what is no such list."""
    if not may_publish(user):
        raise PermissionDenied
    found = Imported()
    languages = dict(_agreed(_lines(data), found))
    with acting():
        known = {row.address: row for row in Subscriber.objects.filter(address__in=among(languages, "text"))}
        fields = {"source": Subscriber.Source.IMPORT, "confirmed_at": timezone.now()}
        Subscriber.objects.bulk_create(
            (
                Subscriber(address=address, language=language, **fields)
                for address, language in languages.items()
                if address not in known
            ),
            ignore_conflicts=True,  # who asks by the form at this moment is asked by mail
        )
        waiting = [row.pk for row in known.values() if not (row.confirmed_at or row.ended_at)]
        Subscriber.objects.filter(pk__in=among(waiting)).update(**fields)
    found.known = sum(row.is_current for row in known.values())
    found.ended = sum(row.ended_at is not None for row in known.values())
    found.added = len(languages) - found.known - found.ended
    return found


def export_list() -> Iterator[str]:
    """Line by line: who would get the next edition. A member's address is that of their account."""
    writer = csv.writer(_Echo())
    yield writer.writerow([*COLUMNS, "since", "how"])
    rows = all_reached().filter(why="").order_by("pk")
    for row in rows.values_list("to", "language", "confirmed_at", "source").iterator(chunk_size=1000):
        address, language, since, source = row
        yield writer.writerow([_harmless(address), "yes", language, f"{since:%Y-%m-%d}", source])


def _lines(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(data) > BYTES_MAX:
        raise ValidationError(_("This is larger than one megabyte: divide it."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("This is no text in UTF-8. Save it as “CSV UTF-8”.")) from error
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if not {"email", "agreed"} <= set(names):
            raise ValidationError(
                _("The first line has to name the columns, “email” and “agreed” among them.")
            )
        for row in reader:
            if reader.line_num > LINES_MAX + 1:
                raise ValidationError(
                    ngettext(
                        "A list has %(count)d line at the most: divide it.",
                        "A list has %(count)d lines at the most: divide it.",
                        LINES_MAX,
                    )
                    % {"count": LINES_MAX}
                )
            if any(cell.strip() for cell in row):
                yield reader.line_num, dict(zip(names, row, strict=False))
    except csv.Error as error:
        raise ValidationError(
            _("This is no list that can be read, from line %(line)d on.") % {"line": reader.line_num}
        ) from error


def _agreed(lines: Iterator[tuple[int, dict[str, str]]], found: Imported) -> Iterator[tuple[str, str]]:
    """Address and language of each that may be subscribed."""
    languages = dict(settings.LANGUAGES)
    for number, line in lines:
        try:
            address = clean_address(_as_it_was(line.get("email", "")))
        except ValidationError as error:
            found.complain(number, " ".join(error.messages))
            continue
        if line.get("agreed", "").strip().lower() not in AGREED:
            found.not_agreed += 1
            continue
        language = line.get("language", "").strip().lower() or settings.LANGUAGE_CODE
        if language not in languages:
            found.complain(number, _("This language is not one of the site’s."))
            continue
        yield address, language


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _as_it_was(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


class _Echo:
    """A file that answers with what is written into it."""

    def write(self, line: str) -> str:
        return line
