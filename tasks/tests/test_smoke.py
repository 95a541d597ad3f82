from records import chain
from records.models import Event
from tasks import finishing, transitions, undo
from tasks import next as taking
from tasks.tallies import wrong_tallies
from tasks.tests import factories as make


def test_a_day(cast):
    one = make.task(cast.permits, cast.permit)
    two = make.task(cast.permits, cast.anything, priority=1)
    served = taking.take_next(actor=cast.mira)
    assert served.task.pk == two.pk and served.task.state == "in_progress"
    assert taking.take_next(actor=cast.mira).task.pk == two.pk
    finishing.complete(two, actor=cast.mira)
    undo.undo(two, actor=cast.mira)
    finishing.complete(two, actor=cast.mira)
    transitions.claim(one, actor=cast.kofi)
    transitions.release(one, actor=cast.kofi)
    assert taking.take_next(actor=cast.otto) is None
    assert taking.take_next(actor=cast.mira).task.pk == one.pk
    assert not wrong_tallies()
    print(list(Event.objects.values_list("verb", flat=True)))
    assert not chain.verify().problems
