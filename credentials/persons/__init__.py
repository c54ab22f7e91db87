"""All that the portal keeps of one person: told in one archive, or erased (decision 19)."""
