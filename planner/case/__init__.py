"""The case: read, checked and frozen, as the user wrote it."""
