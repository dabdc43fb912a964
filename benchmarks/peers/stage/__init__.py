"""The least site that has something to tell: posts, and people who like them. All peers stand on it."""
