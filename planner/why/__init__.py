"""Why an exchange is not in a plan: by itself, by the plan's prices, or by planning the park again with it."""
