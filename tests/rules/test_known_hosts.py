"""Hosts that the lists know: tunnels, pages that print the code, and places that keep no secret."""

import pytest

from registrations.rules import pkce
from tests.rules.asking import first_rule, rules

REASON = "The library of our framework has no support for it yet."


@pytest.mark.parametrize(
    "host",
    [
        "acme.ngrok-free.app",
        "acme--3000--d20a0a75.local-credentialless.webcontainer-api.io",
        "acme.w-corp-staticblitz.com",
        "abc.staticblitz.com",
        "abc.lovableproject.com",
        "preview-acme.vusercontent.net",
        "acme.localtonet.com",
        "acme.localto.net",
        "acme.cpolar.cn",
        "acme.r1.cpolar.top",
        "acme.natappfree.cc",
        "acme.natapp1.cc",
        "acme.tuns.sh",
        "acme.srv.us",
        "acme.jprq.live",
        "acme-3000.exp.direct",
        "acme.loophole.site",
        "acme.mock.pstmn.io",
        "acme.rbaskets.in",
        "3000-acme.e2b.app",
        "x1-3000.csb.app",
    ],
)
def test_a_tunnel_or_a_preview_is_for_development(host):
    assert first_rule(host) == "R-56"


@pytest.mark.parametrize(
    "uri",
    [
        "https://developers.google.com/oauthplayground",
        "https://developers.google.com/oauthplayground/",
        "https://code.google.com/oauthplayground/",
        "https://www.oauth.com/playground/authorization-code.html",
        "https://oauth.com/playground/oidc.html",
        "https://example-app.com/redirect",
        "https://www.example-app.com/cb",
        "https://oauthplayground.com/cb",
        "https://api.authlete.com/api/mock/redirection/123",
        "https://www.certification.openid.net/test/a/acme/callback",
    ],
)
def test_a_page_that_prints_the_code_is_for_development(uri):
    assert rules(uri)[0] == "R-57"


@pytest.mark.parametrize(
    "uri",
    [
        "https://login.microsoftonline.com/common/oauth2/nativeclient",
        "https://login.microsoftonline.us/common/oauth2/nativeclient",
        "https://login.windows.net/common/oauth2/nativeclient",
        "https://login.microsoftonline.com/organizations/oauth2/nativeclient",
        "https://login.live.com/oauth20_desktop.srf",
        "https://acme.surge.sh/cb",
        "https://acme.readthedocs.io/cb",
        "https://acme.gitlab.io/cb",
        "https://acme.s3.eu-west-1.amazonaws.com/cb",
        "https://acme.s3-website-eu-west-1.amazonaws.com/cb",
        "https://acme.s3-website.eu-central-1.amazonaws.com/cb",
        "https://s3.dualstack.eu-west-1.amazonaws.com/acme/cb",
        "https://acme.s3.cn-north-1.amazonaws.com.cn/cb",
        "https://acme.nyc3.digitaloceanspaces.com/cb",
        "https://pub-0a1b.r2.dev/cb",
        "https://cdn.jsdelivr.net/gh/acme/app/cb.html",
        "https://bafy.ipfs.dweb.link/cb",
    ],
)
def test_what_keeps_no_secret_is_asked_where_the_secret_is(uri):
    assert rules(uri)[0] == "R-62"
    refused = pkce.check("exception_requested", REASON, redirect_uris=[uri])
    assert [finding.rule for finding in refused] == ["P-05"]


@pytest.mark.parametrize(
    "uri",
    [
        "https://ngrok.client.example/cb",
        "https://mysrv.us/cb",
        "https://notexample-app.com/redirect",
        "https://developers.google.com/oauthplaygrounds",
        "https://oauth.company.com/playground",
        "https://www.oauth.com/oauth2-servers/",
        "https://login.microsoftonline.com/te/acme.onmicrosoft.com/oauth2/authresp",
        "https://login.microsoftonline.com/common/oauth2/nativeclient2",
        "https://login.microsoftonline.com/common/oauth2/nativeclient/cb",
        "https://login.live.com/oauth20.srf",
        "https://client.example/common/oauth2/nativeclient",
        "https://s3-gateway-1.eu-west-1.elb.amazonaws.com/cb",
        "https://abc123.execute-api.eu-west-1.amazonaws.com/s3/cb",
        "https://acme.netlify.app/cb",
        "https://acme.pages.dev/cb",
        "https://acme.web.app/cb",
        "https://acme.lovable.app/cb",
    ],
)
def test_other_hosts_and_pages_pass(uri):
    assert rules(uri) == []
    assert pkce.check("exception_requested", REASON, redirect_uris=[uri]) == []
