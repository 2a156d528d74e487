"""Email domains and mailboxes that say something about a contact (rules C-07 to C-11).

Date: 2026-11-29. Source: chosen by hand from the services' own pages; throw-away services change names
weekly, so the list holds the known ones and their main aliases. To refresh: add the domains of contacts that
bounced or vanished; each entry covers everything below it.
"""

from __future__ import annotations

from typing import Final

from registrations.rules.data import words

THROW_AWAY: Final = words(
    """
    0-mail.com 10minutemail.co.uk 10minutemail.com 10minutemail.net 10minutesmail.com 1secmail.com
    1secmail.net 1secmail.org 20minutemail.com 33mail.com anonbox.net anonymbox.com armyspy.com
    burnermail.io byom.de chacuo.net crazymailing.com cuvox.de deadaddress.com discard.email
    discardmail.com discardmail.de dispostable.com dropmail.me einrot.com email-fake.com emailfake.com
    emailondeck.com emltmp.com fakeinbox.com fakemail.net fakemailgenerator.com filzmail.com
    generator.email getairmail.com getnada.com grr.la guerillamail.com guerrillamail.biz
    guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net guerrillamail.org
    guerrillamailblock.com haltospam.com harakirimail.com inboxbear.com inboxkitten.com
    incognitomail.org jetable.org kasmail.com linshiyouxiang.net luxusmail.org mail-temp.com
    mail-temporaire.fr mail.gw mail.tm mail7.io mailcatch.com maildrop.cc mailexpire.com mailforspam.com
    mailinator.com mailinator.net mailinator.org mailinator2.com mailna.co mailnesia.com mailnull.com
    mailpoof.com mailsac.com mailtemp.net mailto.plus meltmail.com mintemail.com minuteinbox.com
    moakt.cc moakt.com mohmal.com mt2015.com mvrht.com mytemp.email mytrashmail.com nada.email
    nowmymail.com one-time.email owlymail.com pokemail.net proxymail.eu rcpt.at reallymymail.com
    sharklasers.com sneakemail.com spam4.me spambog.com spambox.us spamdecoy.net spamex.com
    spamfree24.org spamgourmet.com spamhole.com spaml.com suremail.info teleworm.us temp-mail.io
    temp-mail.org tempail.com tempemail.co tempinbox.com tempmail.com tempmail.de tempmail.dev
    tempmail.io tempmail.net tempmail.ninja tempmail.plus tempmail.us tempmailaddress.com tempmailo.com
    tempomail.fr temporary-mail.net temporaryemail.net temporaryinbox.com tempr.email thankyou2010.com
    throwam.com throwawaymail.com tmail.ws tmailor.com tmpmail.net tmpmail.org trash-mail.com
    trash-mail.de trashmail.com trashmail.de trashmail.io trashmail.me trashmail.net trashmail.org
    trbvm.com wegwerfemail.de wegwerfmail.de wegwerfmail.net wegwerfmail.org yopmail.com yopmail.fr
    yopmail.net zetmail.com
    """
)
"""Rule C-07: disposable mailboxes."""

FREE_MAIL: Final = words(
    """
    126.com 163.com abv.bg aim.com alice.it aol.com aon.at arcor.de att.net bbox.fr bigpond.com bk.ru
    bluewin.ch blueyonder.co.uk bol.com.br bredband.net btinternet.com centrum.cz citromail.hu
    comcast.net cox.net daum.net email.com email.cz fastmail.com fastmail.fm foxmail.com
    free.fr freemail.hu freenet.de gazeta.pl gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net
    gmx.us googlemail.com hanmail.net hetnet.nl hey.com home.nl hotmail.ca hotmail.co.uk hotmail.com
    hotmail.com.br hotmail.de hotmail.dk hotmail.es hotmail.fr hotmail.it hotmail.nl hotmail.no
    hotmail.se hushmail.com i.ua icloud.com inbox.com inbox.lv inbox.ru interia.pl iol.pt jubii.dk
    kpnmail.nl laposte.net libero.it list.ru live.be live.ca live.co.uk live.com live.com.au live.dk
    live.fr live.nl live.no live.se mac.com mail.bg mail.com mail.dk mail.ru mail.tele.dk mailbox.org
    me.com msn.com naver.com neuf.fr ntlworld.com o2.pl ofir.dk onet.pl online.no op.pl orange.fr
    outlook.com outlook.com.br outlook.de outlook.dk outlook.es outlook.fr outlook.ie outlook.it
    outlook.pt outlook.se planet.nl pm.me post.cz posteo.de posteo.net privat.dk proton.me protonmail.ch
    protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com runbox.com sapo.pt
    sbcglobal.net seznam.cz sfr.fr shaw.ca sina.cn sina.com sky.com skynet.be spray.se startmail.com
    stofanet.dk sympatico.ca t-online.de talktalk.net tdcadsl.dk telenet.be telia.com tin.it tiscali.it
    tuta.com tuta.io tutamail.com tutanota.com ukr.net uol.com.br usa.com verizon.net virgilio.it
    virgin.net virginmedia.com wanadoo.fr web.de webspeed.dk windowslive.com wp.pl ya.ru yahoo.ca
    yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.mx
    yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.gr yahoo.ie yahoo.in yahoo.it yahoo.no yahoo.pl yahoo.se
    yandex.com yandex.kz yandex.ru yandex.ua yeah.net ymail.com ziggo.nl zoho.com zohomail.com
    """
)
"""Rule C-09: private mailboxes, not tied to a company."""

PLEO: Final = frozenset({"pleo.io"})
"""Rule C-08: Pleo's own domain."""

MISTYPED: Final = words(
    "btinternet comcast gmail googlemail hotmail icloud outlook protonmail rocketmail windowslive yahoo"
)
"""Rule C-10: first labels of :data:`FREE_MAIL` that are known enough for what is nearly them to be a slip."""

NEIGHBOURS: Final = words("comcast.co gail.com gmall.com outlook.co.th yahoo.co.il yahoo.co.nz")
"""Rule C-10: domains of other owners or countries that only look like a slip."""

UNREAD: Final = words(
    """
    donotanswer donotreply dontreply ikkesvar ingensvar keineantwort naoresponda naoresponder nepasrepondre
    nichtantworten noanswer nonrispondere noreplies noreply noresponder noresponse notreply svarikke
    svarinte unmonitored
    """
)
"""Rule C-11: words of mailboxes that nobody reads, without what stands between their parts."""

MACHINES: Final = words("autoreply bounce bounces devnull mailerdaemon nobody null")
"""Rule C-11: such words that count only as the whole mailbox."""

FORWARDING: Final = words(
    """
    8alias.com 8shield.net addy.io addymail.com aleeas.com anonaddy.com anonaddy.me cloaked.id
    dralias.com duck.com e4ward.com erine.email mozmail.com myclkd.com opayq.com passfwd.com
    passinbox.com passmail.net privaterelay.appleid.com relay.firefox.com reply.craigslist.org
    reply.github.com sale.craigslist.org silomails.com simplelogin.co simplelogin.com simplelogin.fr
    simplelogin.io slmail.me slmails.com
    """
)
"""Rule C-11: relays that hide a person's address, which that person may switch off."""
