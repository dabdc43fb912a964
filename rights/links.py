"""The way back for whoever cannot sign in any more: a signed address. Opening it changes nothing."""

from django.core import signing
from django.http import Http404
from django.urls import reverse

from .models import Departure

SALT = "rights.back"


def back_path(departure: Departure) -> str:
    return reverse("take-back", args=[signing.Signer(salt=SALT).sign(str(departure.pk))])


def departure_by(token: str) -> Departure:
    """Raises Http404 for what we did not sign, and for what is over."""
    try:
        pk = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature as error:
        raise Http404 from error
    departure = Departure.objects.select_related("user").filter(pk=pk).first()
    if departure is None:
        raise Http404
    return departure
