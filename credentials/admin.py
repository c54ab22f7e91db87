"""Django looks for admin classes here and nowhere deeper."""
