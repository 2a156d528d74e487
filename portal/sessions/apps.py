from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "portal.sessions"
    label = "portal_sessions"  # Django's own app is called sessions
    verbose_name = "Sessions"
