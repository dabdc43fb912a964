"""Whatever somebody sends as a picture: it is refused, or nothing of it is left but what it shows."""

import resource
import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from community import images
from community.image_protocol import SIDE, UNREADABLE
from community.images import FILE_BYTES, PICTURES_MAX, Picture, Upload, read_pictures

from .hostile_pictures import MADE_HARMLESS, REFUSED, SCRIPT, drawn

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def upload(content: bytes, name: str = "picture.jpg") -> Upload:
    return Upload(SimpleUploadedFile(name, content))


def read(content: bytes, name: str = "picture.jpg") -> tuple[Picture, Image.Image]:
    [picture] = read_pictures([upload(content, name)])
    return picture, Image.open(BytesIO(picture.webp))


def refusal(*uploads: Upload) -> str:
    with pytest.raises(ValidationError) as caught:
        read_pictures(uploads)
    [message] = caught.value.message_dict["images"]
    return message


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused(name: str) -> None:
    assert "picture.jpg" in refusal(upload(REFUSED[name]))


@pytest.mark.parametrize("name", MADE_HARMLESS)
def test_what_came_along_with_a_picture_is_gone(name: str) -> None:
    picture, shown = read(MADE_HARMLESS[name])

    assert SCRIPT not in picture.webp
    assert len(picture.webp) < 1000
    assert shown.format == "WEBP"
    assert not getattr(shown, "is_animated", False)
    assert not set(shown.info) & {"exif", "xmp", "icc_profile", "comment"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_pictures_of_24_megapixels_fit_and_are_made_smaller(kind: str) -> None:
    picture, shown = read(drawn(kind, (6000, 4000)))

    assert (picture.width, picture.height) == shown.size == (SIDE, 1067)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_can_be_read(mode: str) -> None:
    assert read(drawn("PNG", mode=mode))[1].size == (60, 40)


def test_more_pixels_are_refused_before_they_are_decoded() -> None:
    assert "24 megapixels" in refusal(upload(drawn("PNG", (6001, 4000), "1")))


def test_what_can_be_seen_through_stays_so() -> None:
    assert read(drawn("PNG", mode="RGBA"))[1].mode == "RGBA"


def test_place_and_camera_are_removed_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # turned by a quarter
    exif[MAKER] = "A camera"
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 0.0)})
    _picture, shown = read(drawn("JPEG", (60, 40), exif=exif))

    assert shown.size == (40, 60)
    assert not shown.getexif()


def test_a_colour_profile_that_does_not_fit_the_picture_is_ignored() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

    assert read(drawn("PNG", icc_profile=profile))[1].size == (60, 40)


def test_the_name_of_the_file_does_not_matter() -> None:
    assert read(drawn("PNG"), name="../../etc/passwd.svg")[1].format == "WEBP"


def test_files_that_are_too_large_or_too_many_are_refused() -> None:
    assert "10" in refusal(upload(b"\xff\xd8\xff" + b"\0" * FILE_BYTES))
    assert str(PICTURES_MAX) in refusal(*[upload(drawn("PNG"))] * (PICTURES_MAX + 1))


def test_one_bad_file_refuses_them_all() -> None:
    assert "bad.gif" in refusal(upload(drawn("PNG")), upload(REFUSED["svg"], "bad.gif"))


def test_the_memory_of_the_site_stays_flat() -> None:
    huge, bomb = upload(drawn("WEBP", (6000, 4000))), upload(REFUSED["png bomb"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read_pictures([huge])
    refusal(bomb)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024  # KiB


@pytest.mark.parametrize(
    ("doing", "limit"), [("bytearray(10**9)", ""), ("any(iter(int, 1))", "child.CPU_SECONDS = 1")]
)
def test_the_decoding_process_has_little_memory_and_little_time(doing: str, limit: str) -> None:
    program = (
        f"import community.image_child as child\n{limit}\nchild.opened = lambda file: {doing}\nchild.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], stdin=subprocess.DEVNULL, cwd=site_settings.BASE_DIR, check=False
    )
    assert ended.returncode == UNREADABLE or ended.returncode < 0  # gave up, or was killed


def test_the_decoding_process_gets_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")
    spy = tmp_path / "python"
    spy.write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\n")
    spy.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(spy))
    refusal(upload(drawn("PNG")))

    assert "a secret" not in (tmp_path / "seen").read_text()


def test_when_many_pictures_arrive_at_once_the_rest_is_asked_to_come_again() -> None:
    places = images._waiting
    for _n in range(4):
        places.acquire()
    try:
        assert "moment" in refusal(upload(drawn("PNG")))
    finally:
        for _n in range(4):
            places.release()
    assert threading.active_count() < 20
    assert read(drawn("PNG"))
