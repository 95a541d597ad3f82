"""What docs/security.md promises: sessions, limits, headers, and a test for each requirement that is ours."""
