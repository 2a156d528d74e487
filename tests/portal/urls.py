"""The site's addresses, and a few pages that behave in ways that no page of the site does."""

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from portal.limits import TooManyRequests
from portal.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401


def plain(request, token):
    return HttpResponse("plain")


def immutable(request):
    return HttpResponse("same for ever", headers={"Cache-Control": "public, max-age=31536000, immutable"})


def crashing(request):
    raise RuntimeError("the words\nof a stranger@other.example")


def without_database(request):
    raise OperationalError("the words of a server about db.internal")


def wrong_statement(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM accounts_user")


def forbidden(request):
    raise PermissionDenied


def throttled(request):
    raise TooManyRequests(retry_after=42)


@csrf_exempt
def echo(request):
    return HttpResponse(request.POST.get("text", ""))


def guarded(request):
    return HttpResponse(request.POST.get("text", ""))


urlpatterns = [
    *urlpatterns,
    path("t/plain/<str:token>/", plain, name="plain"),
    path("t/immutable/", immutable),
    path("t/crashing/", crashing),
    path("t/without-database/", without_database),
    path("t/wrong-statement/", wrong_statement),
    path("t/forbidden/", forbidden),
    path("t/throttled/", throttled),
    path("t/echo/", echo),
    path("t/guarded/", guarded),
]
