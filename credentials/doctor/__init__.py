"""Whether a portal is well: one look at each part that it needs, in words that say what to do."""
