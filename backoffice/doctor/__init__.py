"""`manage.py doctor`: what an office needs, looked at piece by piece, each within a bounded time."""
