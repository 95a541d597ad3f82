"""Benchmarks: what the product costs beside the floor, and that it stays so as history grows."""
