"""What stands between the right password and coming in."""

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from django.http import HttpResponse

from .models import User


class FirstTimeByMailStage(EmailVerificationStage):
    """Whoever signs up by the page comes in the first time by the mail about it, so that signing up tells
    nobody whether an address has an account. Later, and by the API, an address may stay unproven.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if isinstance(user, User) and not self.login.signup and not _never_came_in(user):
            return None, True
        response: tuple[HttpResponse | None, bool] = super().handle()
        return response


def _never_came_in(user: User) -> bool:
    addresses = EmailAddress.objects.filter(user=user)
    return user.last_login is None and addresses.exists() and not addresses.filter(verified=True).exists()
