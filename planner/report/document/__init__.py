"""A plan as a document for a word processor, with its figures as files."""
