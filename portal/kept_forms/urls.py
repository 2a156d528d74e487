"""The URL that discards a kept form."""

from django.urls import path

from portal.kept_forms import views

urlpatterns = [path("kept/<any_uuid:uuid>/discard/", views.discard, name="kept_form_discard")]
