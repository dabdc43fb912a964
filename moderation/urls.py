from django.urls import path

from . import pages, people, rules

urlpatterns = [
    path("", pages.queue, name="moderation"),
    path("flag/<slug:kind>/<int:pk>/", pages.flag, name="flag"),
    path("cases/<int:pk>/", pages.show_case, name="case"),
    path("cases/<int:pk>/hold/", pages.hold_case, name="hold-case"),
    path("cases/<int:pk>/decide/", pages.decide, name="decide-case"),
    path("cases/<int:pk>/appeal/", pages.answer_appeal, name="answer-appeal"),
    path("rules/", rules.rule_list, name="word-rules"),
    path("rules/<int:pk>/remove/", rules.remove_rule, name="remove-word-rule"),
    path("flags/", people.my_flags, name="my-flags"),
    path("decisions/<int:pk>/", people.decision, name="decision"),
    path("suspended/<str:token>/", people.suspended, name="suspended"),
]
