"""How fast the portal is, beside the least that could be done. See docs/performance.md."""
