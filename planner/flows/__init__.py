"""The park before any exchange: every stream, what it costs, and what is told of its closure."""
