"""What a colleague asks for: asking, following, answering, withdrawing, and saying how it was."""
