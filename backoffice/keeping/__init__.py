"""Backup and restore: the whole office, rows and files, in one file."""
