"""Untrusted templates of credentials, made into documents that are safe to show in a frame.

`document.render` fills placeholders in first and sanitises afterwards: whatever a name or a
narrative says, and wherever its placeholder stood, the sanitisers have the last word.
"""
