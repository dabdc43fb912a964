"""Whoever is suspended and signs in with the right password reads why, and may appeal; nothing else."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect

from accounts.adapter import AccountAdapter as BaseAdapter
from accounts.models import User

from .links import suspended_path
from .models import Decision


class AccountAdapter(BaseAdapter):
    def respond_user_inactive(self, request: HttpRequest, user: User) -> Any:
        decision = Decision.objects.suspending().filter(case__person=user).order_by("-pk").first()
        if decision is None:
            return super().respond_user_inactive(request, user)
        return HttpResponseRedirect(suspended_path(decision))
