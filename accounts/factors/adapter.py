"""How allauth does second factors on this site."""

from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT = "accounts.factors"


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """Whoever has the database alone can make no code of it."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are of the name that the site has in links, by whatever name it was asked for."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "localhost", "name": settings.SITE_NAME}

    def build_totp_svg(self, url: str) -> str:
        """A drawing that stands in the page: without a style of its own, which the CSP forbids."""
        code = qrcode.QRCode(border=4, error_correction=qrcode.ERROR_CORRECT_M)
        code.add_data(url)
        rows = code.get_matrix()
        path = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
        )
        return (
            f'<svg class="qr" viewBox="0 0 {len(rows)} {len(rows)}" shape-rendering="crispEdges" '
            f'aria-hidden="true"><path d="{path}"/></svg>'
        )


def _box() -> MultiFernet:
    """By the key of the site. Made under an earlier one, it is still read while that is known."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [salted_hmac(_SALT, "", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in derived])
