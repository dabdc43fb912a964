"""What a person sees of it, and what they do with it."""
