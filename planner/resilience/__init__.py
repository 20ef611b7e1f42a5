"""Losing a partner: what its exit costs those who stay, and on how many suppliers each demand rests."""
