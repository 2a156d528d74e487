"""Hosts on which many publish, each below a path of their own (the re-review table).

Date: 2026-11-29. Source: the services' own pages. Refresh: when a reviewer meets a page on a host that is not
the partner's alone, add the host; one that is missing lets a page move without a review. Leave out services
that give each customer a host that stays theirs (``acme.atlassian.net``, ``acme.zendesk.com``). The roots of
platforms come from the Public Suffix List; short links and hosts for development have lists of their own.
"""

from typing import Final

from registrations.rules.data import words

SHARED_HOSTS: Final = words(
    """
    1drv.ms airtable.com app.swaggerhub.com apps.apple.com apps.shopify.com appsource.microsoft.com
    archive.is archive.org archive.ph archive.today arweave.net beacons.ai bio.link bitbucket.org
    blob.core.windows.net box.com canva.com cdnjs.cloudflare.com chrome.google.com
    chromewebstore.google.com cloudflare-ipfs.com coda.io codeberg.org codepen.io codesandbox.io
    commondatastorage.googleapis.com craft.do craft.me dev.to docdroid.net docs.google.com
    documenter.getpostman.com drive.google.com dropbox.com dropboxusercontent.com dweb.link enzuzo.com
    esm.sh evernote.com facebook.com figma.com firebasestorage.googleapis.com flycricket.io forms.gle
    forms.office.com freeprivacypolicy.com gateway.pinata.cloud generateprivacypolicy.com getterms.io
    git.sr.ht gitee.com githack.com github.com githubusercontent.com gitlab.com glitch.com
    googleusercontent.com groups.google.com hackmd.io huggingface.co icloud.com instagram.com
    ipfs.infura.io ipfs.io issuu.com iubenda.com jotform.com jsbin.com jsdelivr.net jsfiddle.net
    kaggle.com linkedin.com linktr.ee loop.cloud.microsoft marketplace.atlassian.com
    marketplace.visualstudio.com mediafire.com mega.io mega.nz miro.com nftstorage.link notion.com
    notion.site notion.so npmjs.com onedrive.live.com pastebin.com pdfhost.io play.google.com
    policymaker.io privacyboard.co privacypolicies.com privacypolicygenerator.info
    privacypolicyonline.com privacyterms.io public.blob.vercel-storage.com pypi.org quip.com reddit.com
    rentry.co replit.com scribd.com script.google.com sharepoint.com sites.google.com slideshare.net
    sourceforge.net stackblitz.com statically.io storage.cloud.google.com storage.googleapis.com
    storage.yandexcloud.net sway.cloud.microsoft sway.office.com tally.so telegra.ph
    termsandconditionsgenerator.com termsfeed.com twitter.com unpkg.com w3s.link websitepolicies.com
    wetransfer.com x.com youtube.com zapier.com
    """
)
"""Each covers everything below it, as such names are handed on, or many people publish below one of them."""

SHARED_ROOTS: Final = words(
    """
    about.me app.gitbook.com app.termly.io gitbook.com hashnode.com intercom.help medium.com onetrust.com
    postman.com privacyportal-eu.onetrust.com privacyportal.onetrust.com readthedocs.org substack.com
    termly.io trello.com tumblr.com wordpress.com
    """
)
"""Exactly these hosts, with or without ``www``: a name below them is of one customer."""
