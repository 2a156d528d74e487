"""URLs of the pages about accounts and organisations."""

from allauth.account import views as allauth
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from portal.accounts import organisation_views, views

account_pages = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("email/", views.account, name="account_email"),
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

organisation_pages = [
    path("", organisation_views.members, name="organisation"),
    path("new/", organisation_views.new, name="organisation_new"),
    path("members/<int:pk>/remove/", organisation_views.remove, name="organisation_member_remove"),
]

urlpatterns = [
    path("accounts/", include(account_pages)),
    path("organisation/", include(organisation_pages)),
]
