"""The audit page: what was done, by whom, when and how; written into a file; and whether the chain is whole."""
