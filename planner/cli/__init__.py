"""The command line: a thin caller of the functions a notebook would import.

``app`` declares the commands, ``run`` turns what happens into an exit code and a message. Neither imports the
mathematics, the tables or the geography before a command needs them, so that ``planner --help`` is instant.
"""
