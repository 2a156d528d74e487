"""Finds a secret in bytes, even behind the usual encodings."""

import base64
import binascii
import json
import re
import zlib
from urllib.parse import unquote_to_bytes

BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){24,}")
ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")


def holds(secret, blob, depth=3):
    """Whether ``blob`` contains the secret, raw or decoded up to ``depth`` times."""
    if secret.encode() in blob or secret.upper().encode() in blob:
        return True
    return depth > 0 and any(holds(secret, inner, depth - 1) for inner in _decoded(blob))


def _decoded(blob):
    if b"\x00" in blob:
        yield blob.replace(b"\x00", b"")  # UTF-16, in either byte order
    if b"%" in blob:
        yield unquote_to_bytes(blob)
    if b"\\u00" in blob:
        yield re.sub(rb"\\u00([0-9a-fA-F]{2})", lambda found: bytes.fromhex(found[1].decode()), blob)
    for found in HEX.finditer(blob):
        yield bytes.fromhex(found[0].decode())
    for found in BASE64.finditer(blob):
        yield from _from_base64(found[0])
    for found in ZLIB.finditer(blob):
        try:
            yield zlib.decompressobj().decompress(blob[found.start() :], 1_000_000)
        except zlib.error:
            continue


def _from_base64(text):
    for start in range(4):
        part = text[start:].rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        part = part[: len(part) - (len(part) % 4 == 1)]
        try:
            yield base64.b64decode(part + b"=" * (-len(part) % 4))
        except binascii.Error:
            continue


def disguises(secret):
    """The secret in the encodings in which it might turn up, by name."""
    raw = secret.encode()
    return {
        "raw": raw,
        "base64": base64.b64encode(b"x" + raw),
        "urlsafe base64 of zlib": base64.urlsafe_b64encode(zlib.compress(raw)),
        "zlib": b"--" + zlib.compress(b'{"secret": "' + raw + b'"}'),
        "hex": raw.hex().encode(),
        "percent": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "JSON": json.dumps({"secret": secret}).encode(),
        "JSON escapes": "".join(f"\\u{byte:04x}" for byte in raw).encode(),
        "UTF-16 little": secret.encode("utf-16-le"),
        "UTF-16 big": secret.encode("utf-16-be"),
    }
