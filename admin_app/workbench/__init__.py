"""The first screens: what is to be done today, counted and one tap away."""
