"""Hosts that reviewers should look at twice; each entry covers everything below it.

Date: 2026-11-28. Source: the services' own pages. Refresh: when a reviewer meets a new one, add it here; the
lists only ever warn, so a missing entry costs no more than one warning.
"""

from typing import Final

from registrations.rules.data import words

TUNNELS: Final = words(
    """
    app.github.dev beeceptor.com bore.digital bore.pub burpcollaborator.net cfargotunnel.com
    cloudshell.dev cloudworkstations.dev csb.app devtunnels.ms events.hookdeck.com expose.dev github.dev
    githubpreview.dev gitpod.dev gitpod.io hkdk.events hookb.in hookbin.com interact.sh lhr.life lhr.pro
    lhr.rocks lhrtunnel.link loca.lt localhost.run localtunnel.me loclx.io m.pipedream.net
    ngrok-free.app ngrok-free.dev ngrok-free.pizza ngrok.app ngrok.dev ngrok.io ngrok.pizza ngrok.pro
    oast.fun oast.live oast.me oast.online oast.pro oast.site oastify.com pagekite.me pinggy-free.link
    pinggy.io pinggy.link pipedream.net pktriot.net play.svix.com playit.gg portmap.host portmap.io
    postb.in ptsv2.com ptsv3.com putsreq.com rel.tunnels.api.visualstudio.com repl.co replit.dev
    requestbin.com requestbin.net requestcatcher.com requestinspector.com requestrepo.com serveo.net
    serveousercontent.com sharedwithexpose.com smee.io stackblitz.io telebit.cloud telebit.io
    trycloudflare.com ts.net tunnel.pyjam.as tunnelmole.com tunnelmole.net tunnelto.dev
    typedwebhook.tools ultrahook.com webcontainer.io webhook-test.com webhook.cool webhook.site
    webhookrelay.com webrelay.io zrok.io
    """
)
"""Rule R-56: tunnels to a developer's machine, development environments and request catchers."""

INSPECTORS: Final = words(
    """
    echo.hoppscotch.io httpbin.dev httpbin.org httpbingo.org httpbun.com httpdump.app jwt.io jwt.is jwt.ms
    mockbin.io mockbin.org oauth.tools oauthdebugger.com oidcdebugger.com openidconnect.net
    postman-echo.com reqbin.com token.dev
    """
)
"""Rule R-57: pages that display what they receive."""

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
    auth.expo.dev auth.expo.io bitbucket.io cdpn.io chromiumapp.org codeberg.page codepen.io exp.host
    extensions.allizom.org extensions.mozilla.org gitee.io github.io gitlab.io jsbin.com jsfiddle.net
    neocities.org readthedocs.io s3.amazonaws.com sourceforge.io srht.site static.app
    storage.googleapis.com surge.sh tiiny.site web.core.windows.net
    """
)
"""Rule R-62: browser extensions, mobile relays and hosting of static files, which keep no secret."""

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
