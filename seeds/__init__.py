"""What a new register is filled with: the villages it is kept for, and invented data to try the panel on."""
