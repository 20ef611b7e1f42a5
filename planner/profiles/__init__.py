"""Profiles through the year: read from their files, and reduced to typical days or to means of the calendar."""
