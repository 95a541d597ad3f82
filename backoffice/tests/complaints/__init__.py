"""What users of such products complain about, each with the test that keeps it away: README.md has the table."""
