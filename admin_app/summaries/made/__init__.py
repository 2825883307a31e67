"""Made summaries: what people put together of a ledger, and keep, share, pin and take out."""
