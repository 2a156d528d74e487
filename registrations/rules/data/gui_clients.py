"""The callbacks of the HTTP clients that partners test with.

Date: 2026-11-24. Source: the clients' own settings pages and documentation; for Swagger UI the default path
of FastAPI (``/docs/oauth2-redirect``) on the port of its development server. Refresh: open the OAuth settings
of each and compare. The desktop build of Hoppscotch has its own scheme (``tauri:``, ``app:``), which rule
R-13 rejects.
"""

from typing import Final, NamedTuple
from urllib.parse import urlsplit

from registrations.rules.data import words


class GuiClient(NamedTuple):
    """A test client: ``key`` is what its button posts, ``redirect_uris`` are its callbacks."""

    key: str
    name: str
    redirect_uris: tuple[str, ...]
    remark: str = ""


GUI_CLIENTS: Final = (
    GuiClient("postman-desktop", "Postman, desktop", ("https://oauth.pstmn.io/v1/callback",)),
    GuiClient("postman-web", "Postman, web", ("https://oauth.pstmn.io/v1/browser-callback",)),
    GuiClient("insomnia", "Insomnia", ("https://app.insomnia.rest/oauth/redirect",)),
    GuiClient("bruno", "Bruno", ("https://oauth.usebruno.com/callback",)),
    GuiClient(
        "hoppscotch",
        "Hoppscotch, web",
        ("https://hoppscotch.io/oauth",),
        "The desktop app uses an address that cannot be registered.",
    ),
    GuiClient(
        "thunder-client",
        "Thunder Client",
        ("https://www.thunderclient.com/oauth/callback", "http://localhost:6789/callback"),
    ),
    GuiClient(
        "swagger-ui",
        "Swagger UI on localhost",
        ("http://localhost:8000/docs/oauth2-redirect",),
        "Change the port and the path to your own.",
    ),
)
"""In the order of the page; section 1e of the rules."""

_HOSTS_WITHOUT_A_BUTTON: Final = words(
    """
    app.apidog.com app.getpostman.com editor.swagger.io petstore.swagger.io petstore3.swagger.io
    www.getpostman.com
    """
)

GUI_CLIENT_HOSTS: Final = _HOSTS_WITHOUT_A_BUTTON | {
    urlsplit(uri).netloc for client in GUI_CLIENTS for uri in client.redirect_uris if uri.startswith("https:")
}
"""Rule R-63: callbacks that every user of a test client shares; exact hosts."""
