"""URLs of the pages about lost second factors."""

from django.urls import path

from portal.lost_factors import views

urlpatterns = [
    path("accounts/lost-factors/", views.requests, name="lost_factors"),
    path("accounts/lost-factors/report/", views.report, name="lost_factor_report"),
    path("accounts/lost-factors/<any_uuid:uuid>/agree/", views.agree, name="lost_factor_agree"),
    path("accounts/lost-factors/<any_uuid:uuid>/refuse/", views.refuse, name="lost_factor_refuse"),
]
