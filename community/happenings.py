"""What no saved row tells by itself. Sent inside the transaction of the action."""

from django.dispatch import Signal

accepted = Signal()  # membership: somebody who asked to join a group belongs to it now
