"""What is recorded, and the rules that hold wherever it is recorded. No Flask import anywhere below here."""
