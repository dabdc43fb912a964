"""The way of somebody suspended to what was decided: a signed address, good without signing in."""

from django.core import signing
from django.http import Http404
from django.urls import reverse

from .models import Decision

SALT = "moderation.suspended"


def suspended_path(decision: Decision) -> str:
    return reverse("suspended", args=[signing.Signer(salt=SALT).sign(str(decision.pk))])


def suspended_by(token: str) -> Decision:
    """Raises Http404 for what we did not sign, and for what is gone."""
    try:
        pk = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature as error:
        raise Http404 from error
    decision = Decision.objects.select_related("case__person", "case__group").filter(pk=pk).first()
    if decision is None or decision.case.person is None:
        raise Http404
    return decision
