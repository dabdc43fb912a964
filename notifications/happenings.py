"""What no saved row tells by itself. Sent inside the transaction of the action."""

from django.dispatch import Signal

# Staff put rows back to work, or let them go: request, model, operation (a word), count, ids (the first few),
# words (why, as they typed it; or nothing)
operated = Signal()

# What a restored site held back may leave, or is let go: since (when it was restored), discards
released = Signal()
