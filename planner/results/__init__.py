"""Results: from the values of the model to tidy tables in the user's names; ``Plan`` is what a user holds."""
