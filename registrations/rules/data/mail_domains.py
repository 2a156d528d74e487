"""Mail domains that say something about a contact (rules C-07 to C-09).

Date: 2026-11-23. Source: chosen by hand from the services' own pages; throw-away services change
names weekly, so the list holds the known ones and their main aliases. To refresh: add what a bounced
or vanished contact shows; each entry counts with everything below it.
"""

from __future__ import annotations

from typing import Final

from registrations.rules.data import words

THROW_AWAY: Final = words(
    """
    0-mail.com 10minutemail.com 10minutemail.net 10minutesmail.com 1secmail.com 1secmail.net
    1secmail.org 20minutemail.com 33mail.com anonbox.net anonymbox.com burnermail.io byom.de chacuo.net
    crazymailing.com deadaddress.com discard.email discardmail.com discardmail.de dispostable.com
    dropmail.me email-fake.com emailfake.com emailondeck.com emltmp.com fakeinbox.com fakemail.net
    fakemailgenerator.com filzmail.com generator.email getairmail.com getnada.com grr.la
    guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net
    guerrillamail.org guerrillamailblock.com haltospam.com harakirimail.com inboxbear.com
    inboxkitten.com incognitomail.org jetable.org kasmail.com linshiyouxiang.net luxusmail.org
    mail-temp.com mail-temporaire.fr mail.tm mail7.io mailcatch.com maildrop.cc mailexpire.com
    mailforspam.com mailinator.com mailinator.net mailinator.org mailinator2.com mailna.co mailnesia.com
    mailnull.com mailpoof.com mailsac.com mailtemp.net mailto.plus meltmail.com mintemail.com
    minuteinbox.com moakt.cc moakt.com mohmal.com mt2015.com mvrht.com mytemp.email mytrashmail.com
    nada.email nowmymail.com one-time.email owlymail.com pokemail.net proxymail.eu rcpt.at
    reallymymail.com sharklasers.com sneakemail.com spam4.me spambox.us spamdecoy.net spamex.com
    spamfree24.org spamgourmet.com spamhole.com spaml.com suremail.info temp-mail.io temp-mail.org
    tempail.com tempemail.co tempinbox.com tempmail.com tempmail.de tempmail.dev tempmail.io
    tempmail.net tempmail.ninja tempmail.plus tempmailaddress.com tempmailo.com tempomail.fr
    temporary-mail.net temporaryemail.net temporaryinbox.com tempr.email thankyou2010.com throwam.com
    throwawaymail.com tmail.ws tmailor.com tmpmail.net tmpmail.org trash-mail.com trash-mail.de
    trashmail.com trashmail.de trashmail.io trashmail.me trashmail.net trashmail.org trbvm.com
    wegwerfemail.de wegwerfmail.de wegwerfmail.net wegwerfmail.org yopmail.com yopmail.fr yopmail.net
    zetmail.com
    """
)
"""Rule C-07: mailboxes made to be forgotten."""

FREE_MAIL: Final = words(
    """
    126.com 163.com aol.com arcor.de bluewin.ch btinternet.com centrum.cz comcast.net duck.com
    fastmail.com fastmail.fm free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net
    googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.dk hotmail.es hotmail.fr
    hotmail.it hotmail.se hushmail.com icloud.com inbox.lv interia.pl iol.pt jubii.dk laposte.net
    libero.it live.co.uk live.com live.dk live.fr live.nl live.se mac.com mail.com mail.dk mail.ru
    mailbox.org me.com msn.com naver.com o2.pl onet.pl online.no orange.fr outlook.com outlook.de
    outlook.dk outlook.es outlook.fr pm.me posteo.de posteo.net proton.me protonmail.ch protonmail.com
    qq.com rediffmail.com rocketmail.com sapo.pt seznam.cz sfr.fr sky.com spray.se stofanet.dk
    t-online.de telenet.be tiscali.it tuta.com tutamail.com tutanota.com virgilio.it wanadoo.fr web.de
    wp.pl ya.ru yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.it yahoo.se
    yandex.com yandex.ru ymail.com ziggo.nl zoho.com
    """
)
"""Rule C-09: private mailboxes, with no tie to a company."""

PLEO: Final = frozenset({"pleo.io"})
"""Rule C-08."""
