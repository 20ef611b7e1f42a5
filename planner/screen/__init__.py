"""Screening: every possible exchange by itself, before any optimisation and even before a park is drawn."""
