"""URLs of the pages about accounts."""

from allauth.account import views as allauth
from allauth.mfa.recovery_codes import views as mfa
from django.urls import include, path, re_path
from django.views.generic import RedirectView, TemplateView

from portal.accounts import account_views, second_factor_views, session_views, sign_in_links, views

account_pages = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("login/link/", sign_in_links.ask, name="account_sign_in_link"),
    path(
        "login/link/sent/",
        TemplateView.as_view(template_name="account/sign_in_link_sent.html"),
        name="account_sign_in_link_sent",
    ),
    re_path(
        r"^login/link/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        sign_in_links.use,
        name="account_sign_in_by_link",
    ),
    path("logout/", allauth.logout, name="account_logout"),
    path("email/", account_views.account, name="account_email"),
    path("email/change/", account_views.new_email, name="account_change_email"),
    path("email/change/<str:token>/", account_views.confirm_new_email, name="account_confirm_new_email"),
    path("name/", account_views.name, name="account_name"),
    path("notifications/", account_views.notifications, name="account_notifications"),
    path("export/", account_views.export, name="account_export"),
    path("delete/", account_views.delete, name="account_delete"),
    path("sessions/", session_views.sessions, name="account_sessions"),
    path("sessions/end/", session_views.end_all, name="account_sessions_end"),
    path("sessions/<any_uuid:uuid>/end/", session_views.end_one, name="account_session_end"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("signup/", views.SignUp.as_view(), name="account_signup"),
    path("reauthenticate/", views.TypePasswordAgain.as_view(), name="account_reauthenticate"),
    path(
        "confirm-email/", allauth.EmailVerificationSentView.as_view(), name="account_email_verification_sent"
    ),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$", views.ConfirmAddress.as_view(), name="account_confirm_email"
    ),
    path("password/change/", views.ChangePassword.as_view(), name="account_change_password"),
    # A user without a password sets the first one by email, as if they had forgotten it.
    path(
        "password/set/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    path("password/reset/", views.AskForReset.as_view(), name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.ResetPassword.as_view(),
        name="account_reset_password_from_key",
    ),
]
"""allauth has more pages; those not listed here cannot be reached."""

second_factor_pages = [
    path("", second_factor_views.Index.as_view(), name="mfa_index"),
    path("needed/", second_factor_views.needed, name="account_second_factor"),
    path("authenticate/", second_factor_views.Authenticate.as_view(), name="mfa_authenticate"),
    path("reauthenticate/", second_factor_views.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("app/add/", second_factor_views.AddApp.as_view(), name="mfa_activate_totp"),
    path("app/remove/", second_factor_views.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("codes/", second_factor_views.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("codes/new/", second_factor_views.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("codes/download/", mfa.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("passkeys/add/", second_factor_views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path(
        "passkeys/<int:pk>/remove/", second_factor_views.RemovePasskey.as_view(), name="mfa_remove_webauthn"
    ),
    path(
        "passkeys/reauthenticate/",
        second_factor_views.PasskeyAgain.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("passkeys/login/", second_factor_views.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
]

urlpatterns = [
    path("accounts/", include(account_pages)),
    path("accounts/second-factor/", include(second_factor_pages)),
]
