"""Accounts, under /api/."""

from django.urls import re_path

from . import access, addresses, codes, factors, passwords, phones, views

urlpatterns = [
    re_path(r"^auth/signup/?\Z", views.SignUp.as_view(), name="api-sign-up"),
    re_path(r"^auth/signin/?\Z", views.SignIn.as_view(), name="api-sign-in"),
    re_path(r"^auth/signin/confirm/?\Z", factors.Confirm.as_view(), name="api-confirm-sign-in"),
    re_path(r"^auth/signout/?\Z", views.SignOut.as_view(), name="api-sign-out"),
    re_path(r"^auth/request-code/?\Z", codes.RequestMailCode.as_view(), name="api-request-code"),
    re_path(r"^auth/verify-code/?\Z", codes.VerifyMailCode.as_view(), name="api-verify-code"),
    re_path(r"^auth/request-otp/?\Z", phones.RequestCode.as_view(), name="api-request-otp"),
    re_path(r"^auth/verify-otp/?\Z", phones.VerifyCode.as_view(), name="api-verify-otp"),
    re_path(r"^auth/request-password-reset/?\Z", passwords.RequestReset.as_view(), name="api-request-reset"),
    re_path(r"^auth/reset-password/?\Z", passwords.ResetPassword.as_view(), name="api-reset-password"),
    re_path(r"^users/me/?\Z", views.Me.as_view(), name="api-me"),
    re_path(r"^users/me/password/?\Z", passwords.ChangePassword.as_view(), name="api-change-password"),
    re_path(r"^users/me/phone/?\Z", phones.OwnNumber.as_view(), name="api-phone"),
    re_path(r"^users/me/phone/verify/?\Z", phones.ProveNumber.as_view(), name="api-prove-phone"),
    re_path(r"^users/me/sessions/?\Z", access.Sessions.as_view(), name="api-sessions"),
    re_path(r"^users/me/sessions/end-others/?\Z", access.EndOthers.as_view(), name="api-end-others"),
    re_path(
        r"^users/me/sessions/(?P<session_id>[0-9]{1,18})/?\Z", access.OneSession.as_view(), name="api-session"
    ),
    re_path(r"^users/me/tokens/(?P<token_id>[0-9]{1,18})/?\Z", access.OneToken.as_view(), name="api-token"),
    re_path(
        r"^users/me/verification/email/send/?\Z",
        addresses.SendVerification.as_view(),
        name="api-send-verification",
    ),
    re_path(
        r"^users/me/verification/email/confirm/?\Z",
        addresses.ConfirmVerification.as_view(),
        name="api-confirm-verification",
    ),
]
