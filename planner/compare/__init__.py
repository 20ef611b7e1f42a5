"""Runs side by side, and why the headlines moved from one run to the next."""
