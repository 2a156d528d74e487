"""The pages under /organisation/."""

from django.urls import path

from portal.accounts import organisation_views as views

urlpatterns = [
    path("", views.members, name="organisation"),
    path("new/", views.new, name="organisation_new"),
    path("members/<int:pk>/remove/", views.remove, name="organisation_member_remove"),
]
