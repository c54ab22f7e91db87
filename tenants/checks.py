"""System checks of what would silently open a wall."""
