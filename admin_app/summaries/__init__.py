"""Summary pages: tables and charts over the ledgers, each number opening its rows."""
