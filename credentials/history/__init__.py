"""The append-only history of an organization, over the API. It knows no family but by its kinds."""
