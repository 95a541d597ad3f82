"""From a fresh clone to a running office, with the standard library alone until the packages are there."""
