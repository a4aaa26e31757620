from django.db import transaction
from django.urls import path

from accounts.views import (
    about_you,
    closing,
    home,
    joining,
    names,
    notifications,
    passkeys,
    passwords,
    sessions,
)

urlpatterns = [
    # Before allauth's own at the same addresses.
    path("accounts/signup/", joining.JoinView.as_view(), name="account_signup"),
    path(
        "accounts/confirm-email/",
        transaction.atomic(joining.ConfirmView.as_view()),
        name="account_email_verification_sent",
    ),
    path("accounts/signup/again/", joining.join_again, name="account_join_again"),
    path(
        "accounts/signup/passkey/",
        joining.JoinByPasskeyView.as_view(),
        name="account_signup_by_passkey",
    ),
    path(
        "accounts/2fa/webauthn/login/",
        passkeys.SignInView.as_view(),
        name="mfa_login_webauthn",
    ),
    path(
        "accounts/2fa/webauthn/reauthenticate/",
        passkeys.ReauthenticateView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("accounts/sessions/", sessions.SessionsView.as_view(), name="usersessions_list"),
    path(
        "accounts/sessions/<int:pk>/end/", sessions.account_end_session, name="account_end_session"
    ),
    path("accounts/password/set/", passwords.set_password, name="account_set_password"),
    path(
        "account/notifications/", notifications.account_notifications, name="account_notifications"
    ),
    path("account/unsubscribe/<str:token>/", notifications.unsubscribe_page, name="unsubscribe"),
    path("account/", home.account_home, name="account_home"),
    path("account/name/", names.account_name, name="account_name"),
    path("account/about-you/", about_you.account_about_you, name="account_about_you"),
    path("account/close/", closing.account_close, name="account_close"),
    path("account/keep/", closing.account_keep, name="account_keep"),
]
