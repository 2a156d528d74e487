"""What hosting platforms call their regions and zones (rule R-55).

Date: 2026-11-29. Source: the platforms' own lists of regions, as their names stand in hosts: Amazon, Google,
Azure, Oracle, DigitalOcean, Linode, Vultr, Platform.sh, Appwrite, Zerops and Databricks. Refresh: read those
lists when a wildcard entry is new in the private part of the Public Suffix List; a missing name costs no more
than one warning.
"""

import re
from typing import Final

from registrations.rules.data import words

ZONES: Final = words(
    """
    a as de dt et ew ey ez lm nw oa ts uc ue uk um un uw wl ws
    ams atl blr bom cdg del dfw ewr fra iad icn itm jnb lax lhr lon mad man mel mex mia nrt nyc ord par prg
    sao scl sea sfo sgp sjc sto syd tlv tor waw yto
    africa ap apac asia au australia ca ch emea eu europe fr global sg us
    australiacentral australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth brazilsoutheast
    canadacentral canadaeast centralindia centralus chilecentral denmarkeast eastasia eastus francecentral
    francesouth germanynorth germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest
    jioindiacentral jioindiawest koreacentral koreasouth malaysiawest mexicocentral newzealandnorth
    northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral southafricanorth
    southafricawest southcentralus southeastasia southindia spaincentral swedencentral swedensouth
    switzerlandnorth switzerlandwest taiwannorth uaecentral uaenorth uksouth ukwest usgovarizona usgovtexas
    usgovvirginia westcentralus westeurope westindia westus
    """
)
"""Names that stand alone or before a number: ``fra1``, ``eu-2``, ``eastus2``."""

REGION: Final = re.compile(
    r"(?:[a-z]{2}|africa|asia|australia|europe|northamerica|southamerica)"
    r"(?:-(?:gov|iso[a-z]?))?"
    r"-(?:north|south|east|west|central|(?:north|south)(?:east|west)"
    r"|amsterdam|ams|ashburn|frankfurt|iad|lax|london|lon|madrid|mia|ord|par|paris|phoenix|sea|sydney|tokyo"
    r"|toronto|waw|zurich)"
    r"-?[0-9]{1,2}[a-f]?"
)
"""Names of a country or continent, a direction or city, and a number: ``eu-west-1``, ``europe-west1``."""
