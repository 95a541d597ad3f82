"""`visit` and `flaws` come from `launch.pytest_pages`."""

from launch.pytest_pages import flaws, visit

__all__ = ["flaws", "visit"]
