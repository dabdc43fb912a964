from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewslettersConfig(AppConfig):
    name = "newsletters"
    verbose_name = _("Newsletter")

    def ready(self) -> None:
        from community.demo.load import played
        from notifications.composing import previews
        from notifications.kinds import register
        from notifications.upkeep import schedule

        from . import mails
        from .demo import publish
        from .jobs import TIDY
        from .kinds import ASKED, MAILINGS, PUBLISHED

        for kind in MAILINGS:
            register(kind)
        schedule.register(TIDY)
        played.connect(publish, dispatch_uid="newsletters.demo")
        previews.register("newsletter", PUBLISHED.label, mails.edition_example)
        previews.register("newsletter-confirmation", ASKED.label, mails.confirmation_example)
