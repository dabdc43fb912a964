"""What no saved row tells by itself. Sent inside the transaction of the action."""

from django.dispatch import Signal

accepted = Signal()  # membership: somebody who asked to join a group belongs to it now
released = Signal()  # thing: a post or comment that was held for review is shown now, for the first time
writing = Signal()  # writing, judgement: somebody is about to write; see judging.py
