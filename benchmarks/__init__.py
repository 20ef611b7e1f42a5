"""What backs every claim of correctness or speed."""
