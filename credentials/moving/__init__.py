"""A whole tenant out of one portal and into another, in one archive of rows and files."""
