"""Sharing the park's gain: value of every coalition, and the rules by which it may be shared."""
