"""A plan as files, as a map and as text on a terminal."""
