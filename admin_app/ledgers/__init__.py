"""Ledgers: one base, one short declaration each."""
