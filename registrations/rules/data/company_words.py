"""Words that stand in a company's or an integration's name and do not name it (rules N-05 and O-01).

Date: 2026-11-29. Source: chosen by hand, the legal forms from the company laws of Europe and of the countries
whose firms are often met there. To refresh: add the form or word that a reviewer met. All are written as
``registrations.rules.client_names.companies`` spells words: lower case, without marks, dots or slashes.
"""

# ruff: noqa: SIM905 - lists of words read best as text

from __future__ import annotations

from typing import Final

from registrations.rules.data import words

LEGAL_FORMS: Final = tuple(
    " ".join(form.split())
    for form in """
    ltd; limited; private limited; pvt; pvt ltd; public limited company; plc; llp; lp; llc; pllc; cic;
    dac; clg; limited liability company; teo; teoranta; inc; incorporated; corp; corporation; co;
    company; pbc; gmbh; mbh; ggmbh; ug; ag; kg; kgaa; ohg; gbr; ek; ev; eg; partg; partgmbb;
    haftungsbeschrankt; gesmbh; og; gesellschaft mit beschrankter haftung; aktiengesellschaft;
    kommanditgesellschaft; sagl; aps; as; is; ks; ps; ivs; amba; fmba; smba; anpartsselskab;
    aktieselskab; interessentskab; ab; publ; hb; kb; aktiebolag; handelsbolag; asa; ans; nuf; ba;
    aksjeselskap; aksjeselskab; oy; oyj; ky; ay; tmi; osakeyhtio; ehf; hf; ohf; slhf; bv; nv; vof; cv;
    bvba; srl; sprl; cvba; scrl; vzw; asbl; snc; scs; sca; commv; cooperatie; besloten vennootschap;
    naamloze vennootschap; stichting; sa; sas; sasu; sarl; sa rl; eurl; sci; scop; selarl; gie; societe
    anonyme; societe a responsabilite limitee; societe par actions simplifiee; spa; srls; sapa; scarl;
    scpa; societa per azioni; societa a responsabilita limitata; sl; slu; slne; sau; sll; sociedad
    limitada; sociedad anonima; lda; ltda; unipessoal; eireli; sp z oo; sp zoo; spzoo; spolka z oo;
    spolka z ograniczona odpowiedzialnoscia; spolka akcyjna; sp k; spk; spj; sp j; psa; sro; spol sro;
    vos; kft; zrt; nyrt; bt; kkt; doo; jdoo; dd; dno; kd; ad; ead; ood; eood; pfa; uab; mb; vsi; sia;
    ik; ou; fie; ae; epe; oe; ee; ike; se; sce; eeig; αε; επε; ικε; οε; εε; ооо; оао; зао; пао; ао; ип;
    тов; ат; фоп; ад; оод; еоод; еад; ltd sti; anonim sirketi; limited sirketi; pty; pty ltd; pte; pte
    ltd; kk; gk; sdn bhd; bhd; tbk; pt; sapi de cv; sa de cv; srl de cv
    """.split(";")
)
"""Legal forms, of one or several words. Those that are an everyday word as well are left out."""

LEADING_FORMS: Final = words(
    "ab ad ao ou pt sa sarl sas sci sia stichting uab vsi ао ат ип ооо оао пао тов фоп"
)
"""Those that also stand before the name."""

GENERIC_WORDS: Final = words(
    """
    add addin addins addon addons api apis app application applications apps auth authentication
    automation beta bot bots bridge business client clients cloud company connect connected connection
    connections connector connectors console customer dashboard demo desktop dev developer developers
    development enterprise export exporter exports extension extensions gateway group holding import
    importer imports integration integrations integrator interface login mobile module new oauth oauth2
    oidc online ons partner partners platform plug plugin plugins portal prod product production project
    sandbox sdk server service services sign signin solution solutions sso staging suite sync synced
    synchronisation synchronization syncing system systems team test testing tests tool toolbox toolkit
    tools unofficial user users web webapp webhook webhooks website widget
    """
)
"""What any integration or firm may call itself."""

SMALL_WORDS: Final = words(
    """
    a an and at by d das de der des die du e een el en et ett for from fur het il in into it l la le les
    los med my och of og on or our para per pour the til till to und van via voor with x y your
    """
)
"""Words that join names."""
