"""The URLs of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView

from portal import dev_mail
from portal.observability import livez, readyz
from portal.security_txt import security_txt

handler400 = "portal.security.bad_request"
handler403 = "portal.security.permission_denied"
handler404 = "portal.security.page_not_found"
handler500 = "portal.security.server_error"
handler429 = "portal.accounts.views.too_many_attempts"

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("api/", include("registrations.api.urls")),  # before what takes longer to look through
    path("", TemplateView.as_view(template_name="home.html"), name="home"),
    path("", include("registrations.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.staff_provider.urls")),
    path("", include("portal.lost_factors.urls")),
    path("", include("portal.organisations.urls")),
    path("", include("portal.kept_forms.urls")),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    urlpatterns += [
        path("dev/mail/", dev_mail.mailbox, name="dev_mail"),
        path("dev/mail/<str:name>/", dev_mail.email, name="dev_email"),
    ]
