"""What no saved row tells by itself. Sent inside the transaction of the action."""

from django.dispatch import Signal

describing = Signal()  # user, fields: they say this of themselves; a receiver may raise ValidationError
