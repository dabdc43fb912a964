"""Reports of what became of a mail, held against the address that it went to."""

from collections.abc import Iterator

from django.utils import timezone

from ..bouncing import suppressing
from ..models import Bounce, Delivery
from . import bounce_addresses
from .letter import Letter
from .reports import Report, report_in
from .verdict import NOBODY, TAKEN, Verdict

NO_REPORT = Verdict(TAKEN, "This is no report, and nobody reads it.")  # an out-of-office note
UNKNOWN = Verdict(NOBODY, "This is about no mail of this site.")
NOTED = Verdict(TAKEN, "Noted.")


def receive_report(letter: Letter, address: str) -> Verdict | None:
    """None for an address to which nothing is reported.

    Complaints come to the address that providers were told, and name the mail inside.
    """
    token = bounce_addresses.token_in(address)
    if token is None or (token and not bounce_addresses.is_token(token)):
        return None
    report = report_in(letter)
    if not token and (report is None or not report.senders):
        return None
    delivery = next(_about(token, report), None)
    if delivery is None:
        return UNKNOWN
    if report is None:
        return NO_REPORT
    suppressing.note(
        bounce_addresses.address_of(delivery), report.cause, key=f"report.{delivery.pk}.{report.what}",
        source=Bounce.Source.REPORT, words=report.words, delivery_id=delivery.pk,
        sent_at=delivery.ended_at or delivery.created_at,
    )  # fmt: skip
    return NOTED


def _about(token: str, report: Report | None) -> Iterator[Delivery]:
    inside = [bounce_addresses.token_in(sender) for sender in report.senders] if report else []
    now = timezone.now()
    for each in (token, *inside):
        if each and (delivery := bounce_addresses.read(each, now)):
            yield delivery
