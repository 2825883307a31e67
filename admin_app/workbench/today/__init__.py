"""The day's pages: a village's report (村日报) and the district's one sheet (区日报)."""
