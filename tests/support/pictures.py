"""Pictures to upload."""

import io

from PIL import Image, ImageDraw


def drawing(size=(512, 512), mode="RGB"):
    picture = Image.new("RGB", size, "navy")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2, size[1] // 4), "orange")
    return picture.convert(mode)


def encoded(picture, kind="PNG", **options):
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()
