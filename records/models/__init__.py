"""What the office keeps: events, files, reference numbers, outgoing messages, runs, heartbeats."""

from records.models.buckets import Bucket
from records.models.events import Event, EventPayload, Seal
from records.models.files import Attachment, Blob
from records.models.outgoing import Outgoing
from records.models.registers import Counter, Heartbeat
from records.models.runs import Run, RunReject

__all__ = [
    "Attachment",
    "Blob",
    "Bucket",
    "Counter",
    "Event",
    "EventPayload",
    "Heartbeat",
    "Outgoing",
    "Run",
    "RunReject",
    "Seal",
]
