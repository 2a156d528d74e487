"""A logo that looks like one."""

from PIL import Image, ImageDraw


def harbour_logo():
    """A sail on water, 512 pixels square."""
    picture = Image.new("RGB", (512, 512), "#f2f7f9")
    draw = ImageDraw.Draw(picture)
    draw.polygon([(250, 80), (250, 330), (110, 330)], fill="#0d5c91")
    draw.polygon([(274, 130), (274, 330), (390, 330)], fill="#f08a3c")
    draw.pieslice((90, 250, 420, 450), 0, 180, fill="#12344d")
    return picture
