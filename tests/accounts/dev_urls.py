"""The addresses of a developer's machine."""

from django.urls import path

from portal import dev_mail
from portal.urls import urlpatterns as everywhere

urlpatterns = [
    *everywhere,
    path("dev/mail/", dev_mail.mailbox, name="dev_mail"),
    path("dev/mail/<str:name>/", dev_mail.email, name="dev_email"),
]
