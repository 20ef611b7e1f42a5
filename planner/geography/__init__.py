"""Where everything is, and how far from each other."""
