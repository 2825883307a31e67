"""The round (一日两测三问): one screen for a village, morning or evening, that works at a door and at a desk."""
