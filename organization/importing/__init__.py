"""People and departments from CSV: read, planned against what is stored, shown, and done by the verbs of the pages."""
