"""The chart of the overview as numbers for an SVG: bars for decisions, a line for their median wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from registrations.admin.overview.figures import Week

WIDTH: Final = 780
HEIGHT: Final = 180
_GAP: Final = 6


class Bar(NamedTuple):
    """The bar of one week: its position and size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """The coordinates of the chart; both scales begin at zero.

    ``points`` leaves out the weeks without a decision, and is empty if every median wait is zero.
    """

    bars: list[Bar]
    points: list[tuple[float, float]]
    most: int
    longest: float

    @property
    def line(self) -> str:
        """The points as the attribute of a polyline."""
        return " ".join(f"{x},{y}" for x, y in self.points)


def chart_of(weeks: Sequence[Week]) -> Chart:
    """The chart, scaled to the busiest week and the longest median wait."""
    most = max((week.decisions for week in weeks), default=0)
    longest = max((week.hours or 0 for week in weeks), default=0)
    step = WIDTH / max(len(weeks), 1)
    bars = [
        Bar(
            round(place * step + _GAP / 2, 1),
            _top(week.decisions, most),
            round(step - _GAP, 1),
            _rise(week.decisions, most),
        )
        for place, week in enumerate(weeks)
    ]
    points = [
        (round((place + 0.5) * step, 1), _top(week.hours, longest))
        for place, week in enumerate(weeks)
        if week.hours is not None and longest
    ]
    return Chart(bars, points, most, longest)


def _rise(value: float, most: float) -> float:
    return round(HEIGHT * value / most, 1) if most else 0


def _top(value: float, most: float) -> float:
    return round(HEIGHT - _rise(value, most), 1)
