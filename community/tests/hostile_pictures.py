"""Files that strangers might send as pictures. None of them is dangerous to have."""

import struct
import zlib
from io import BytesIO

from PIL import Image

SCRIPT = b"<script>alert(document.domain)</script>"


def drawn(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 128 if mode in ("L", "I;16", "I") else None).save(out, kind, **options)
    return out.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int, height: int, *chunks: bytes, depth: int = 8, color: int = 2, pixels: bytes = b""
) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(pixels, 9))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + body + png_chunk(b"IEND", b"")


def _jpeg_of_size(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    whole = drawn("JPEG")
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def _webp_of_size(width: int, height: int) -> bytes:
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + canvas + drawn("WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


_PIXELS = (b"\0" + b"\x80" * 180) * 40
_BOMB = zlib.compress(b"\0" * 200_000_000, 9)

REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "text": b"Hello",
    "html": b"<!doctype html>" + SCRIPT,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "svg with an xml header": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "xml entities": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><l>&b;</l>',
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(r) file\n",
    "pdf": b"%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "tiff": drawn("TIFF"),
    "tiff of any size": b"II*\0\x08\0\0\0\x01\0\0\x01\x04\0\x01\0\0\0\xff\xff\xff\x7f",
    "bmp": drawn("BMP"),
    "ico": drawn("ICO"),
    "ppm": drawn("PPM"),
    "pcx": drawn("PCX"),
    "tga": drawn("TGA"),
    "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 100,
    "avif": b"\0\0\0\x1cftypavif" + b"\0" * 100,
    "psd": b"8BPS\0\x01" + b"\0" * 100,
    "fits": b"SIMPLE  =                    T" + b" " * 100,
    "imagemagick script": b"push graphic-context\nfill 'url(https://example.com/x.png\"|id\")'",
    "png bomb": png(30_000, 30_000, depth=1, color=0, pixels=b"\0" * 1000),
    "png of the largest size": png(2**31 - 1, 2**31 - 1),
    "png without width": png(0, 10),
    "png without pixels": png(60, 40),
    "png truncated": drawn("PNG")[:-30],
    "png header alone": b"\x89PNG\r\n\x1a\n",
    "png with a wrong checksum": drawn("PNG").replace(b"IDAT", b"IDAU"),
    "png with a text bomb": png(
        60, 40, *[png_chunk(b"zTXt", b"a%d\0\0" % n + _BOMB) for n in range(9)], pixels=_PIXELS
    ),
    "png with a profile bomb": png(60, 40, png_chunk(b"iCCP", b"x\0\0" + _BOMB), pixels=_PIXELS),
    "gif bomb": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + drawn("GIF", mode="P")[10:],
    "gif truncated": drawn("GIF", (300, 300), mode="P")[:40],
    "gif that is a script": b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)",
    "jpeg bomb": _jpeg_of_size(65_500, 65_500),
    "jpeg truncated": drawn("JPEG", (800, 800))[:400],
    "jpeg header alone": b"\xff\xd8\xff\xe0",
    "jpeg of noise": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40,
    "webp bomb": _webp_of_size(16_000, 16_000),
    "webp truncated": drawn("WEBP", (800, 800))[:60],
    "webp of noise": b"RIFF\xff\xff\xff\x7fWEBPVP8 " + bytes(range(256)) * 40,
    "riff that is sound": b"RIFF\x24\0\0\0WAVEfmt ",
}

_frames = [Image.new("P", (30, 30), n % 256) for n in range(500)]
MADE_HARMLESS: dict[str, bytes] = {
    "jpeg and zip": drawn("JPEG") + b"PK\x03\x04" + SCRIPT,
    "png and html": drawn("PNG") + SCRIPT,
    "gif with a script as comment": drawn("GIF", mode="P", comment=SCRIPT),
    "jpeg with a script as comment": drawn("JPEG", comment=SCRIPT),
    "png with a script as text": png(60, 40, png_chunk(b"tEXt", b"Comment\0" + SCRIPT), pixels=_PIXELS),
    "jpeg with ten megabytes of profile": drawn("JPEG", icc_profile=b"\0" * 9_000_000),
    "jpeg with broken exif": drawn("JPEG", exif=b"Exif\0\0MM\0*" + b"\xff" * 400),
    "webp with xmp": drawn("WEBP", xmp=SCRIPT),
    "gif of many frames": drawn("GIF", (30, 30), "P", save_all=True, append_images=_frames),
}
