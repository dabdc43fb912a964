"""Whoever leaves and signs in with the right password may take it back; nothing else."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect

from accounts.models import User
from moderation.adapter import AccountAdapter as BaseAdapter

from .links import back_path
from .models import Departure


class AccountAdapter(BaseAdapter):
    def respond_user_inactive(self, request: HttpRequest, user: User) -> Any:
        departure = Departure.objects.filter(user=user).first()
        if departure is None:
            return super().respond_user_inactive(request, user)
        return HttpResponseRedirect(back_path(departure))
