"""The first page of the admin: what matters of all families, on one page."""
