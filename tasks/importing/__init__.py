"""Work that comes from a file: each row goes through the verbs of the queue, a bad one is kept with its reason."""
