"""The newsletter, under /api/."""

from django.urls import re_path

from . import views

ONE = r"^newsletter/editions/(?P<edition_id>[0-9]{1,19})"

urlpatterns = [
    re_path(r"^newsletter/subscription/?\Z", views.Subscription.as_view(), name="api-subscription"),
    re_path(r"^newsletter/editions/?\Z", views.Editions.as_view(), name="api-editions"),
    re_path(rf"{ONE}/?\Z", views.OneEdition.as_view(), name="api-edition"),
    re_path(rf"{ONE}/preview/?\Z", views.Preview.as_view(), name="api-edition-preview"),
    re_path(rf"{ONE}/try/?\Z", views.TryOut.as_view(), name="api-edition-try"),
    re_path(rf"{ONE}/send/?\Z", views.Send.as_view(), name="api-edition-send"),
    re_path(rf"{ONE}/pause/?\Z", views.Pause.as_view(), name="api-edition-pause"),
    re_path(rf"{ONE}/resume/?\Z", views.Resume.as_view(), name="api-edition-resume"),
    re_path(rf"{ONE}/stop/?\Z", views.Stop.as_view(), name="api-edition-stop"),
]
