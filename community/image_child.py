"""One picture in on stdin, a WebP out on stdout: the process in which files from strangers are decoded.

It knows nothing of the site and no secrets, has little memory and little time, and ends after one picture.
Only four decoders can run at all: each is called by its own name after a look at the first bytes.
"""

import contextlib
import io
import os
import resource
import sys
from typing import BinaryIO

from PIL import GifImagePlugin, Image, ImageCms, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.ImageFile import ImageFile

from .image_protocol import HEADER, OUTPUT_BYTES, PIXELS_MAX, SIDE, TOO_MANY_PIXELS, UNREADABLE

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
QUALITY = 82


class TooManyPixelsError(Exception):
    pass


def main() -> None:
    os.nice(10)
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    try:
        picture = remade(sys.stdin.buffer)
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=QUALITY)
    except TooManyPixelsError:
        sys.exit(TOO_MANY_PIXELS)
    except Exception:  # a decoder fails in any way at all on a hostile file; MemoryError is one of them
        sys.exit(UNREADABLE)
    sys.stdout.buffer.write(HEADER.pack(*picture.size) + out.getvalue())


def remade(file: BinaryIO) -> Image.Image:
    """The first frame, no larger than is shown, upright, in sRGB, without any metadata."""
    picture: Image.Image = opened(file)
    if picture.width * picture.height > PIXELS_MAX:
        raise TooManyPixelsError
    profile = picture.info.get("icc_profile")
    if picture.mode not in ("RGB", "RGBA", "CMYK"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((SIDE, SIDE))  # a JPEG is decoded smaller at once, at a fraction of the work
    with contextlib.suppress(Exception):  # broken EXIF is no reason to refuse what can be seen
        ImageOps.exif_transpose(picture, in_place=True)
    picture = in_srgb(picture, profile)
    picture.info = {}
    return picture


def opened(file: BinaryIO) -> ImageFile:
    start = file.read(12)
    file.seek(0)
    if start.startswith(b"\xff\xd8\xff"):
        return JpegImagePlugin.JpegImageFile(file)
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImagePlugin.PngImageFile(file)
    if start.startswith((b"GIF87a", b"GIF89a")):
        return GifImagePlugin.GifImageFile(file)
    if start.startswith(b"RIFF") and start[8:] == b"WEBP":
        return WebPImagePlugin.WebPImageFile(file)
    raise ValueError


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the camera's profile means them; as they are where the profile is broken."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            if made is not None:
                return made
    return picture.convert(mode)


if __name__ == "__main__":
    main()
