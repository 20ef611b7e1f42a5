"""What pipes can carry, and whether the pipes of a plan carry what it sends through them."""
