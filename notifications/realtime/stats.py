"""What the streams of this process have done, for /metrics."""

from collections import Counter

sent: Counter[str] = Counter()  # events, by name
ended: Counter[str] = Counter()  # streams, by why
refused: Counter[str] = Counter()  # requests for one, by status
