"""Words next to the brand that decide whether it is meant (rule N-05, steps 3 and 4).

Date: 2026-11-28. Source: chosen by hand from what integrations call themselves and from English word lists.
To refresh: add the word that a reviewer's decision showed to be missing, with a row in the tests of the
client names; compounds must not begin an English word in pleo- (pleochroic, pleomorphic, pleonasm,
pleophagous, pleopod, pleospora, pleotropic).
"""

# ruff: noqa: SIM905 - lists of words read best as text

from __future__ import annotations

from typing import Final

COMPOUND_BEGINNINGS: Final = tuple(
    """
    2 4 access account accrual addin addon admin analytic api app approv assist audit auth automat
    balance bank beta bill book bot bridge budget business
    card cash cfo cli client cloud cloudsync code company config connect console control conv corp cost
    credit customer
    dashboard data demo dev direct document dynamic
    employee enterprise erp expens export extension
    feed fetch file finance financ fintech flow for
    gateway group
    helper help hub
    import inbox info ingest insight integrat interface invoice io
    journal kit ledger limited link lite live login
    manage map market mate merchant middleware migrat mobile module money
    network node notif
    oauth official online openapi
    partner pass pay payment plugin plus portal proxy purchas push
    quick receipt reconcil relay report request reward robot
    saml sandbox save scan scim script sdk secur server service sftp shop sign software solution
    spend sso staff staging subscription suite support sync system
    team tech test time to tool track transaction transfer travel
    upload user vault vendor verif version
    wallet web webhook with work world wrapper
    xero zapier
    """.split()
)
"""Beginnings of what follows the brand in the same word when somebody means the brand."""

COMPOUND_ENDINGS: Final = frozenset(
    """
    ag ai and aps as at be by co com csv de dk ee es et eu fi fr fs fx gl gmbh go hq hr id ie inc it
    js lab labs ltd me mcp my net nl no now of on one ops or org pdf php pl plc pm pos pro pt py ro
    se tax the tm tv uk us vat vip x xl xml yay
    """.split()
)
"""Short endings, which count only at the end of the word."""

CONNECTORS: Final = tuple(
    """
    and ask best built bye call connect export for free from get hello hey import into join just
    lets link love made meet new official our open over powered start sync team the this try upload use
    using via with your
    """.split()
)
"""What comes before the brand in the same word, also at the end of a longer prefix."""

SHORT_CONNECTOR: Final = "my"
"""The one connector of two letters, which counts only as the whole prefix. Others begin names of firms."""

PLE_WORDS: Final = tuple(
    """
    ample apple cripple couple crumple constantinople dapple decuple dimple disciple
    duple example fipple grapple hopple maniple maple multiple nipple octuple
    people pimple popple principle participle purple quadruple quintuple rimple ripple
    rumple sample scrapple scruple septuple sextuple simple staple steeple stipple supple
    swiple temple tipple topple trample triple tuple whipple whimple wimple wrimple
    centuple nonuple undecuple duodecuple stople sipple gripple knapple thrapple
    hipple kipple tripple kemple semple
    """.split()
)
"""English words in -ple: an o that follows them begins another word."""
