"""The report of a plan as one page of HTML: a module for the data of each section, and a template beside it."""
