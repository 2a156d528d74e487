"""Words in paths, queries and hosts that rules look for.

Date: 2026-11-28. Source: OAuth 2.0 (RFC 6749 section 4.1.2), RFC 9207 and OpenID Connect for the parameters;
platform documentation for the extensions; vendors' manuals for the placeholders. Refresh: when a new response
parameter or file type appears; nothing here follows a registry.
"""

from typing import Final

from registrations.rules.data import words

RESERVED_PARAMETERS: Final = words(
    """
    access_token code error error_description error_uri expires_in id_token iss response session_state
    state token_type
    """
)
"""Rule R-33: parameters that the authorization server adds itself."""

DOWNLOAD_EXTENSIONS: Final = words(
    """
    7z accdb accde ace apk appimage application appx appxbundle arj bash bat bin bz2 cab chm cmd command
    cpl crx deb desktop dll dmg docm dotm ear elf exe gadget gz hta img inf ipa iso jar jnlp js jse ksh
    lha lnk lzh lzma mjs msc msi msix msixbundle msp mst ocx pif pkg potm ppam ppsm pptm ps1 ps1xml psd1
    psm1 py pyw rar rb reg rpm run scf scr sct sh sldm snap swf sys tar tbz tbz2 tgz txz url vb vbe vbs
    vhd vhdx war wim wsc wsf wsh xap xar xlam xll xlsb xlsm xltm xpi xz z zip zst
    """
)
"""Rule U-09: executables, scripts, archives and documents with macros."""

PLACEHOLDER_LABELS: Final = words(
    """
    change-me change_me changeme domain-name hostname insert-domain-here placeholder replace-me replace_me
    replaceme
    yourapp yourbusiness yourcompany yourdomain yourhost yourinstance yourname yourorg yourorganisation
    yourorganization yourserver yoursite yoursubdomain yourteam yourtenant yourwebsite
    """
)
"""Rule R-60: whole labels, segments or values that a manual expects its readers to replace."""

PLACEHOLDER_NAMES: Final = words(
    """
    company domain host hostname id insert instance key name organisation organization placeholder replace
    slug subdomain tenant uri url workspace your
    """
)
"""Rules R-07 and R-60: words that mark a placeholder in capitals (TENANT_ID) or in brackets ([tenant])."""
