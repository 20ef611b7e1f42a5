"""The mathematics of the planner: one file a concern, its equations written out at the top."""
