"""The pages of this family in the admin; importing `admin` registers them."""
