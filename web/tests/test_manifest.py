"""A phone may keep the site on its home screen."""

from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image


def test_the_manifest_has_what_a_phone_asks_for(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    found = answer.json()
    assert (found["name"], found["display"], found["start_url"]) == ("Belltower", "standalone", "/")
    for icon in found["icons"]:
        path = finders.find(icon["src"].removeprefix("/static/"))
        with Image.open(str(path)) as image:
            assert icon["sizes"] == f"{image.width}x{image.height}"
    assert {icon["purpose"] for icon in found["icons"]} == {"any", "maskable"}
