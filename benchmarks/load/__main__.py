"""A community of 100,000 people with 5,000,000 notifications, in use. Parts: rates, growth, workers, soak."""

import os
import sys

from . import arguments, growth, rates, soak, workers

MEASURE = {
    "rates": rates.measure,
    "growth": growth.measure,
    "workers": workers.measure,
    "soak": soak.measure,
}


def main() -> int:
    options = arguments.parse(__doc__)
    for part in options.part:
        print(f"load of the machine: {os.getloadavg()[0]:.1f}", file=sys.stderr)
        MEASURE[part](options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
