from django.urls import include, path

from . import by_code, confirming, proof_page, views
from .access import pages as access
from .phones import pages as phones

urlpatterns = [
    path("accounts/profile/", views.edit_profile, name="edit-profile"),
    path("", include("accounts.factors.urls")),
    path("accounts/login/code/", by_code.ask, name="ask-code"),
    path("accounts/confirm-email/", confirming.confirm, name="confirm-address"),
    path("accounts/phone/", phones.phone, name="phone"),
    path("accounts/not-me/<str:token>/", views.not_me, name="not-me"),
    path("accounts/enter-code/", by_code.enter, name="enter-code"),
    path("accounts/reauthenticate/mail/", proof_page.ProveByMail.as_view(), name="prove-by-mail"),
    path("accounts/password/set/", proof_page.set_password, name="account_set_password"),
    path("accounts/security/", views.security, name="security"),
    path("accounts/security/sessions/<int:pk>/end/", access.end_session, name="end-session"),
    path("accounts/security/tokens/<int:pk>/end/", access.end_token, name="end-token"),
    path("accounts/security/end-others/", access.end_others, name="end-others"),
]
