"""Where files go: the local file system, or any S3-compatible store, behind one interface.

What a file is of, and who may have it, is the business of the family that keeps its row.
"""
