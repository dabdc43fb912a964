"""An app that shows codes, and whoever has set one up."""

import time
from dataclasses import dataclass

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class App:
    secret: str = SECRET

    def shows(self, *, later: int = 0) -> str:
        """Now, or so many codes later."""
        return str(format_hotp_value(hotp_value(self.secret, int(time.time()) // 30 + later)))

    def does_not_show(self) -> str:
        shown = {self.shows(later=n) for n in range(-2, 3)}
        return next(
            code for code in ("000000", "000001", "000002", "000003", "000004", "000005") if code not in shown
        )


def set_up(user: User) -> App:
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return App()
