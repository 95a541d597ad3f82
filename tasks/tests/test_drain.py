"""The real queue, drained: a municipality's log imported open, twelve programs, everything done once and in order."""

import json
import os

import pytest
from django.core.management import call_command

from organization.models import Department
from records import chain
from tasks.tests.coming_in import shared
from tasks.tests.draining import (
    CLIENTS,
    LANES,
    ROWS,
    Served,
    all_served,
    drain,
    faults,
    imported_open,
    subset,
    unexplained,
)
from tasks.tests.web import web_server

# All 8,577 rows keep two cores busy for some two minutes: `python -m bench.drain`, or DRAIN_ROWS=8577 here.
PART = 1500


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twelve_programs_drain_the_real_queue(tmp_path):
    rows = int(os.environ.get("DRAIN_ROWS", PART))
    data = shared("permit-intake.csv").read_bytes()
    mapping = json.loads(shared("permit-intake.mapping.json").read_text())
    references, people = imported_open(data if rows == ROWS else subset(data, rows), mapping)
    assert len(references) == rows
    departments = Department.objects.count()
    assert departments == 12 and all(len(person.standing.posts) < departments for person in people)
    with web_server(tmp_path / "web.log") as port:
        drained = drain(port, people)
    assert not faults(references, people, drained)
    assert drained.most_at_once == CLIENTS
    served = all_served()
    assert len(served) == rows and len({one.lane for one in served}) == LANES
    # Twelve at once pass each other a little; a queue in another order would have hundreds of thousands.
    assert unexplained(served)[0] < rows
    assert not chain.verify().problems
    call_command("doctor", invariants=True)


def one(place, event, begun, over, lane=(1, 1)):
    return Served(lane, (place, place), event, begun, over)


def test_the_order_is_told_from_the_events():
    """The check itself: order is fine, a lock explains, the rest is found."""
    in_order = [one(1, 10, 100, 102), one(2, 11, 103, 104)]
    assert unexplained(in_order) == (0, [])
    while_locked = [one(2, 10, 101, 104), one(1, 11, 100, 105)]
    assert unexplained(while_locked) == (1, [])
    begun_before_the_other_was_over = [one(2, 10, 100, 104), one(1, 11, 103, 105)]
    assert unexplained(begun_before_the_other_was_over) == (1, [])
    second, third, first = left_behind = [one(2, 10, 100, 102), one(3, 11, 103, 105), one(1, 12, 106, 108)]
    assert unexplained(left_behind) == (2, [(second, first), (third, first)])
    other_lane = [one(2, 10, 100, 102), one(1, 11, 103, 104, lane=(1, 2))]
    assert unexplained(other_lane) == (0, [])
    by_number = [Served((1, 1), (5, 8), 10, 100, 102), Served((1, 1), (5, 7), 11, 103, 104)]
    assert unexplained(by_number) == (1, [(by_number[0], by_number[1])])
