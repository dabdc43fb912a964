from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from notifications.upkeep import schedule

        from . import checks, kinds, mails, signals, tidying  # noqa: F401 - registered by being imported
        from .limits import in_allauth

        mails.register()
        in_allauth.install()
        schedule.register(tidying.JOB)
