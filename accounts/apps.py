from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from notifications.upkeep import schedule

        from . import checks, kinds, mails, own_address, security, signals, tidying  # noqa: F401 - registered by being imported
        from .access import browsers, pages, tokens
        from .factors import views as factors
        from .limits import in_allauth
        from .phones import pages as phones

        browsers.connect()
        tokens.connect()
        security.register("two-step", "accounts/security/two_step.html", factors.section, order=10)
        security.register("phone", "accounts/security/phone.html", phones.section, order=30)
        security.register("open", "accounts/security/open.html", pages.section, order=50)
        mails.register()
        in_allauth.install()
        own_address.install()
        schedule.register(tidying.JOB)
