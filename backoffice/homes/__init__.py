"""The parts of the first page: what is mine, what needs a manager, what I asked for, what the office lacks."""
