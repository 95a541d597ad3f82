"""What this floor tells the floors above, sent from verbs only."""

from django.dispatch import Signal

# department_ids, actor: zone, holidays or calendar of these departments changed.
hours_changed = Signal()

# person, actor: this person has left the office; inside the transaction of the verb.
person_left = Signal()
