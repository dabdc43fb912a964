"""The pages of the newsletter, for whoever reads it and for the staff."""
