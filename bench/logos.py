"""CPU time of accepting a logo, compared with a plain re-encoding by Pillow in the same run.

Each line is the least CPU time of several repeats, without starting the child process, which takes
another tenth of a second. Pillow decodes the whole picture and writes it as PNG; the portal decodes it
at the size that it keeps, checks it and writes three PNGs.

Goals, at the largest size that is accepted: at most half the time of the plain re-encoding for 4096×4096
pixels. A WebP of 2048×2048 costs Pillow a fifth of that, of which decoding alone is a third and writing our
1024×1024 pixels a fifth: there at most 0.8. Exits with 1 if a goal is missed.
"""

import io
import sys

from PIL import Image, ImageDraw

from bench.stopwatch import microseconds
from registrations.rules import logos

SIDE = logos.MAX_SIDE
WEBP_SIDE = logos.MAX_WEBP_SIDE
MOST_TIMES_PLAIN = 0.5
MOST_TIMES_PLAIN_WEBP = 0.8
ROUNDS = 9


def main():
    print(f"{'ms per logo of the largest size':<32}{'ours':>10}{'Pillow':>10}{'ratio':>8}")
    picture = _drawing()
    webp = _encoded(picture.resize((WEBP_SIDE, WEBP_SIDE)), "WEBP")
    worst = max(
        _line("PNG", _encoded(picture, "PNG")),
        _line("PNG, idle alpha channel", _encoded(picture.convert("RGBA"), "PNG")),
        _line("PNG, transparent corners", _encoded(_cut_out(picture), "PNG")),
        _line("JPEG", _encoded(picture, "JPEG")),
    )
    reached = _line("WebP", webp) <= MOST_TIMES_PLAIN_WEBP and worst <= MOST_TIMES_PLAIN
    goals = f"at most {MOST_TIMES_PLAIN}×, WebP {MOST_TIMES_PLAIN_WEBP}×"
    print(f"Goal ({goals}): {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


def _drawing():
    picture = Image.linear_gradient("L").resize((SIDE, SIDE)).convert("RGB")
    ImageDraw.Draw(picture).ellipse((500, 500, 3500, 3500), "teal")
    return picture


def _cut_out(picture):
    """The picture in a circle, with nothing around it."""
    alpha = Image.new("L", picture.size)
    ImageDraw.Draw(alpha).ellipse((200, 200, 3900, 3900), 255)
    picture = picture.copy()
    picture.putalpha(alpha)
    return picture


def _encoded(picture, kind):
    target = io.BytesIO()
    picture.save(target, kind)
    return target.getvalue()


def _line(name, raw):
    """Print one line; return the ratio of our time to that of the plain re-encoding."""
    ours, plain = microseconds(
        lambda: logos.accept(raw),
        lambda: _encoded(Image.open(io.BytesIO(raw)), "PNG"),
        calls=1,
        rounds=ROUNDS,
    )
    print(f"{name:<32}{ours / 1000:>10.0f}{plain / 1000:>10.0f}{ours / plain:>7.2f}×")
    return ours / plain


if __name__ == "__main__":
    sys.exit(main())
