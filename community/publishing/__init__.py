"""What staff write, look at, and then tell many at once: announcements, editions of the newsletter."""
