"""What everybody can use: WCAG 2.2 AA as far as a machine can tell, and a narrow window.

Where PORTAL_SCREENSHOTS names a folder, every page is left there as a picture in each look.
"""

import pytest

from tests.browser.looks import save_picture, too_wide, violations
from tests.browser.scenery import tour
from tests.support.scale import FULL

pytestmark = pytest.mark.once

LOOKS = [(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")]


@pytest.mark.parametrize(("width", "scheme"), LOOKS if FULL else LOOKS[:2])
def test_no_page_shuts_anybody_out(window, width, scheme):
    found = {}
    for name, page in tour(window, width=width, scheme=scheme):
        found[name] = violations(page) + too_wide(page, width)
        save_picture(page, f"{width}-{scheme}/{name}.png", full_page=True)
    assert {name: said for name, said in found.items() if said} == {}
    assert len(found) > 20
