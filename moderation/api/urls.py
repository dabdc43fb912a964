"""Flags and the moderation, under /api/."""

from django.urls import re_path

from . import views

ONE = r"^moderation/cases/(?P<case_id>[0-9]{1,19})"

urlpatterns = [
    re_path(r"^flags/?\Z", views.Flags.as_view(), name="api-flags"),
    re_path(r"^moderation/cases/?\Z", views.Cases.as_view(), name="api-cases"),
    re_path(rf"{ONE}/?\Z", views.OneCase.as_view(), name="api-case"),
    re_path(rf"{ONE}/hold/?\Z", views.Hold.as_view(), name="api-hold-case"),
    re_path(rf"{ONE}/decision/?\Z", views.Decide.as_view(), name="api-decide-case"),
    re_path(rf"{ONE}/appeal/?\Z", views.AnswerAppeal.as_view(), name="api-answer-appeal"),
    re_path(r"^moderation/decisions/?\Z", views.Decisions.as_view(), name="api-decisions"),
    re_path(
        r"^moderation/decisions/(?P<decision_id>[0-9]{1,19})/appeal/?\Z",
        views.Appeal.as_view(),
        name="api-appeal",
    ),
]
