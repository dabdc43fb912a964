"""What the engine costs, as ratios measured inside one run on this machine. README.md says how to run it."""
