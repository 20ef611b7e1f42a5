"""Shipped data on plants and on exchanges that are known to work, each number with source and grade."""
