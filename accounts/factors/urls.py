"""By the names that allauth knows them by."""

from django.urls import path

from . import views

ROOT = "accounts/security/two-step/"
urlpatterns = [
    path(ROOT, views.overview, name="mfa_index"),
    path(f"{ROOT}app/", views.turn_on_app, name="mfa_activate_totp"),
    path(f"{ROOT}app/off/", views.turn_off_app, name="mfa_deactivate_totp"),
    path(f"{ROOT}codes/", views.see_codes, name="mfa_view_recovery_codes"),
    path(f"{ROOT}codes/download/", views.download_codes, name="mfa_download_recovery_codes"),
    path(f"{ROOT}codes/new/", views.make_new_codes, name="mfa_generate_recovery_codes"),
    path(f"{ROOT}passkeys/add/", views.add_passkey, name="mfa_add_webauthn"),
    path(f"{ROOT}passkeys/<int:pk>/", views.rename_passkey, name="mfa_edit_webauthn"),
    path(f"{ROOT}passkeys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("accounts/login/passkey/", views.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("accounts/login/second-step/", views.second_step, name="mfa_authenticate"),
    path("accounts/reauthenticate/code/", views.ProveByCode.as_view(), name="mfa_reauthenticate"),
    path(
        "accounts/reauthenticate/passkey/",
        views.ProveByPasskey.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
]
