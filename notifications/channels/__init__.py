"""How a delivery leaves the site: one small file a channel."""
