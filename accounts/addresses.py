"""The address of an account: another is named, or it is given back to whoever reads what is mailed there."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from django.http import HttpRequest

from notifications.transactions import acting

from .access.holding import hold_by
from .models import User
from .proof import insist


class AnotherForm(AddEmailForm):
    def save(self, request: HttpRequest) -> EmailAddress:
        """It replaces the one they have when the link that is mailed to it is followed."""
        insist(request)
        with acting():
            hold_by(request, self.user)
            address: EmailAddress = EmailAddress.objects.add_new_email(
                request, self.user, self.cleaned_data["email"], send_verification=False
            )
        send_verification_email_to_address(request, address)
        return address


def is_anothers(user: User, address: str, *, was_proven: bool) -> bool:
    """Whether another account has it by now. Whoever merely wrote it down there gives way to a proof."""
    proven = EmailAddress.objects.filter(email__iexact=address, verified=True).exclude(user=user)
    named = User.objects.filter(email__iexact=address).exclude(pk=user.pk)
    return proven.exists() or (not was_proven and named.exists())


def give_back(request: HttpRequest, user: User, address: str, *, was_proven: bool) -> int:
    """In the caller's transaction. All others of the account go, proven or not, for nothing says since when
    they stand there; answers how many they were.
    """
    for other in User.objects.filter(email__iexact=address).exclude(pk=user.pk):
        other.email = f"unproven-{other.pk}@invalid"
        other.save(update_fields=["email"])
    EmailAddress.objects.filter(email__iexact=address).exclude(user=user).delete()
    going = EmailAddress.objects.filter(user=user).exclude(email__iexact=address)
    for proven in going.filter(verified=True):
        _tell(request, user, proven.email, address)
    count: int = going.delete()[0]
    EmailAddress.objects.update_or_create(
        user=user,
        email=address,
        defaults={"primary": True},
        create_defaults={"primary": True, "verified": was_proven},
    )
    user.email = address
    user.save(update_fields=["email"])
    return count


def _tell(request: HttpRequest, user: User, left: str, address: str) -> None:
    """Where the account's mail went until now."""
    context = {"from_email": left, "to_email": address}
    get_adapter(request).send_notification_mail("account/email/email_changed", user, context, email=left)
