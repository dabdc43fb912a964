"""What the site and the process that decodes pictures (image_child.py) both know. No imports but struct."""

import struct

PIXELS_MAX = 24_000_000
SIDE = 1600  # pixels of the longer side of what is kept
HEADER = struct.Struct(">II")  # width and height in pixels, before the WebP
OUTPUT_BYTES = 8 * 1024 * 1024
UNREADABLE, TOO_MANY_PIXELS = 3, 4  # exit codes
