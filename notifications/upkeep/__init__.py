"""For those who run the site: explaining, auditing, mending by hand, and keeping in bounds."""
