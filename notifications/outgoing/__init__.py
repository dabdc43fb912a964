"""What leaves the site: the last look, the mail lane, and several deliveries that leave as one summary."""
