"""URLs of the way to the sign-in provider and back."""

from django.urls import path

from portal.staff_provider import views

urlpatterns = [
    path("accounts/provider/", views.sign_in, name="provider_sign_in"),
    path("accounts/provider/again/", views.again, name="provider_again"),
    path("accounts/provider/callback/", views.callback, name="provider_callback"),
]
