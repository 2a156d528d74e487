"""Hosts that reviewers should look at twice; each entry covers everything below it.

Date: 2026-11-29. Source: the services' own pages, public lists of tunnels, and for Microsoft's pages the
documentation of its sign-in libraries. Refresh: when a reviewer meets a new one, add it here; the lists only
ever warn, so a missing entry costs no more than one warning.
"""

import re
from collections.abc import Mapping
from typing import Final

from registrations.rules.data import words

TUNNELS: Final = words(
    """
    at.playit.plus beeceptor.com bore.digital bore.pub btunnel.co.in btunnel.in builtwithrocket.new
    burpcollaborator.net c9users.io canarytokens.com ceye.io cfargotunnel.com claudeusercontent.com
    cloudshell.dev cloudworkstations.dev codeanyapp.com codesandbox.io cpolar.cn cpolar.com cpolar.io
    cpolar.top csb.app daytona.work daytona.works devinapps.com devtunnels.ms dnslog.cn e2b.app e2b.dev
    eicp.net events.hookdeck.com exp.direct expose.dev expose.sh github.dev githubpreview.dev gitpod.dev
    gitpod.io goho.co goorm.site hkdk.events holepunch.io hookb.in hookbin.com hookrelay.dev hrzn.run
    idcfengye.com instatunnel.my interact.sh jprq.app jprq.io jprq.live jprq.me jprq.site lhr.life
    lhr.pro lhr.rocks lhrtunnel.link loca.lt localcan.dev localhost.run localto.net localtonet.com
    localtunnel.me loclx.io lokal-so.site loophole.host loophole.site lovableproject.com mock.pstmn.io
    mockable.io mocky.io modal.host nat300.top natapp.cc natapp.cn natapp1.cc natapp4.cc natappfree.cc
    natfrp.cloud ngrok-free.app ngrok-free.dev ngrok-free.pizza ngrok.app ngrok.cc ngrok.dev ngrok.io
    ngrok.pizza ngrok.pro oaiusercontent.com oast.fun oast.live oast.me oast.online oast.pro oast.site
    oastify.com openport.io openport.xyz pagekite.me pinggy-free.link pinggy.io pinggy.link pinggy.online
    pipedream.net pktriot.net play.svix.com playit.gg ply.gg portmap.host portmap.io postb.in
    preview.emergentagent.com ptsv2.com ptsv3.com putsreq.com qicp.vip rbaskets.in
    rel.tunnels.api.visualstudio.com remote.moe repl.co replit.dev requestbin.com requestbin.net
    requestcatcher.com requestinspector.com requestrepo.com rt3.io runscope.net serveo.net
    serveousercontent.com sharedwithexpose.com smee.io srv.us ssh-j.com sshreach.me stackblitz.io
    staqlab-tunnel.com staticblitz.com tabserve.dev telebit.cloud telebit.io telebit.xyz try.coder.app
    trycloudflare.com ts.net tunnel.pyjam.as tunnelite.com tunnelmole.com tunnelmole.net tunnelto.dev
    tunnl.gg tuns.sh tunwg.com typedwebhook.tools ultrahook.com utools.club vaiwan.cn vaiwan.com vicp.fun
    vicp.net vusercontent.net w-corp-staticblitz.com w-credentialless-staticblitz.com webcontainer-api.io
    webcontainer.io webhook-test.com webhook.cool webhook.site webhookinbox.com webhookrelay.com
    webrelay.io yicp.fun zicp.fun zrok.io
    """
)
"""Rule R-56: tunnels to a developer's machine, development environments and request catchers."""

INSPECTORS: Final = words(
    """
    certification.openid.net echo.hoppscotch.io example-app.com httpbin.dev httpbin.org httpbingo.org
    httpbun.com httpbun.org httpdump.app jwt.io jwt.is jwt.ms mockbin.io mockbin.org oauth.tools
    oauthdebugger.com oauthplayground.com oidcdebugger.com openidconnect.net postman-echo.com reqbin.com
    token.dev
    """
)
"""Rule R-57: sites that display what they receive."""

INSPECTOR_PAGES: Final[Mapping[str, str]] = {
    "api.authlete.com": "/api/mock/redirection",
    "code.google.com": "/oauthplayground",
    "developers.google.com": "/oauthplayground",
    "oauth.com": "/playground",
    "psteniusubi.github.io": "/oidc-tester",
    "www.oauth.com": "/playground",
}
"""Rule R-57: such pages of other sites, by exact host: the path, and everything below it."""

SHORTENERS: Final = words(
    """
    adf.ly aka.ms amzn.to app.link bit.do bit.ly bitly.com bl.ink buff.ly chilp.it clck.ru cutt.ly
    dlvr.it dub.sh fb.me g.co git.io goo.gl ift.tt is.gd j.mp kutt.it lnkd.in mcaf.ee ow.ly page.link
    po.st qr.ae rb.gy rebrand.ly rotf.lol s.id short.gy short.io shorte.st shorturl.at smarturl.it
    snip.ly soo.gd su.pr t.co t.ly t2m.io tiny.cc tiny.one tinyurl.com tny.im trib.al u.to urlz.fr v.gd
    x.co
    """
)
"""Rule R-66: the owner of the short name can change where it leads."""

PUBLIC_CLIENTS: Final = words(
    """
    4everland.app angelfire.com arweave.net auth.expo.dev auth.expo.io backblazeb2.com bitbucket.io
    blob.core.windows.net cdpn.io chromiumapp.org codeberg.page codepen.io digitaloceanspaces.com
    dweb.link eth.limo eth.link exp.host extensions.allizom.org extensions.mozilla.org
    firebasestorage.googleapis.com fleek.co gitee.io githack.com github.io githubusercontent.com
    gitlab.io inbrowser.link ipfs.io itch.zone jsbin.com jsdelivr.net jsfiddle.net linodeobjects.com
    neocities.org nftstorage.link observableusercontent.com plnkr.co r2.dev readthedocs.io
    sourceforge.io srht.site static.app statically.io statichost.page
    storage.googleapis.com surge.sh tiiny.site tripod.com unpkg.com vultrobjects.com w3s.link
    w3spaces.com wasabisys.com web.core.windows.net
    """
)
"""Rule R-62: browser extensions, mobile relays and hosting of static files, which keep no secret."""

AMAZON: Final = words("amazonaws.com amazonaws.com.cn")
BUCKET: Final = re.compile(
    r"(?:.+\.)?s3(?:-website)?(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?"
)
"""Rule R-62: Amazon's hosts of static files, whose names hold a region."""

DESKTOP_PAGES: Final = frozenset(
    f"{host}/{audience}/oauth2/nativeclient"
    for host in words(
        """
        login.chinacloudapi.cn login.microsoftonline.com login.microsoftonline.us
        login.partner.microsoftonline.cn login.windows.net
        """
    )
    for audience in ("common", "consumers", "organizations")
) | {"login.live.com/oauth20_desktop.srf"}
"""Rule R-62: the pages at Microsoft where apps on desktops read the code; exact host and path."""

TYPED_SCHEMES: Final = words(
    """
    ghttps gttps hhtp hhtps hhttp hhttps hppt hppts hptt hptts hrrps hrrp htpps htp htps hts htt htts
    htpp htppts htpts htttp htttps httos httpa httpd httpp httpps httpss httpz httsp hhtpps
    jttp jttps shttp shttps thtp thtps thttp thttps ttp ttps
    """
)
"""Typing errors for ``https`` and ``http`` (rules R-12 and R-13)."""

NO_APP_SCHEMES: Final = words(
    "about blob data file filesystem ftp ftps javascript mailto sftp tel urn vbscript view-source ws wss"
)
"""Schemes that no app registers for itself, so that the advice differs (R-13)."""
