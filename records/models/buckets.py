"""Token buckets: how much of something somebody may still do."""

from django.db import models


class Bucket(models.Model):
    """One bucket, as the instant at which it is full again; a bucket without a row is full.

    The table is unlogged: after a crash of the database all buckets are full. It has no further index, so that taking
    from a bucket rewrites its row in place.
    """

    key = models.CharField(max_length=120, primary_key=True)
    full_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key} full at {self.full_at:%Y-%m-%d %H:%M:%S}"
