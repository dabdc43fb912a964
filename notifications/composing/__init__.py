"""How what is to be told becomes the message that leaves: its words, its layout, its headers."""
