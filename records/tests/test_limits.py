"""Token buckets: never more than there is, however many ask at once; full again by the database's clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from backoffice import environment
from core import clock
from core.refusals import TooMany
from records import jobs, limits
from records.limits import Rate, take
from records.models import Bucket

pytestmark = [pytest.mark.django_db, pytest.mark.database]
THREE = Rate(3, 60)


def pass_time(seconds: float) -> None:
    """As if so many seconds had passed for every bucket."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_bucket SET full_at = full_at - %s * interval '1 second'", [seconds])


def test_what_is_taken_comes_back_by_and_by() -> None:
    assert [(taken.allowed, taken.left) for taken in (take("a", THREE) for _try in range(4))] == [
        *((True, 2), (True, 1), (True, 0), (False, 0))
    ]
    assert take("a", THREE).retry_after == 20 and take("b", THREE).allowed, "each for itself"
    pass_time(20)
    assert take("a", THREE).allowed and not take("a", THREE).allowed
    pass_time(100_000)
    assert [take("a", THREE).left for _try in range(4)] == [2, 1, 0, 0], "never more than a whole bucket"


@pytest.mark.django_db(transaction=True)
def test_a_crowd_takes_no_more_than_there_is() -> None:
    """With real connections; an hour's bucket does not refill meanwhile."""

    def one(number: int) -> bool:
        try:
            return take("crowd", Rate(50, 3600)).allowed
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(one, range(120))) == 50


def test_it_costs_one_statement(django_assert_num_queries: Any) -> None:
    for statements in (1, 1, 1, 2):
        with django_assert_num_queries(statements):
            take("a", THREE)


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    take("a", THREE)
    pass_time(-3600)
    assert take("a", THREE).left == 2


def test_what_was_no_try_is_given_back(settings: Any) -> None:
    settings.RATES = {"some": [(1, 60.0), (2, 3600.0)]}
    for _try in range(5):
        limits.demand("some", 7)
        limits.give_back("some", 7)
    limits.demand("some", 7)
    with pytest.raises(TooMany) as refused:
        limits.demand("some", 7)
    assert refused.value.retry_after == 60 and refused.value.status == 429
    limits.forgive("some", 7)
    assert limits.demand("some", 7)


def test_a_limit_can_be_switched_off(settings: Any, django_assert_num_queries: Any) -> None:
    settings.RATES = {"some": environment.rates("off")}
    with django_assert_num_queries(0):
        assert limits.demand("some", 7) is None


def test_buckets_that_are_full_are_forgotten() -> None:
    take("a", THREE)
    pass_time(30)
    take("b", THREE)
    with clock.at(clock.now().replace(second=44)):
        jobs.forget_full_buckets()
    assert Bucket.objects.count() == 2
    with clock.at(clock.now().replace(second=45)):
        jobs.forget_full_buckets()
    assert [bucket.key for bucket in Bucket.objects.all()] == ["b"]


def test_the_table_needs_no_log_and_no_second_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE oid = 'records_bucket'::regclass")
        assert cursor.fetchone() == ("u",)
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'records_bucket'")
        assert all("full_at" not in definition for (definition,) in cursor.fetchall())


def test_a_process_takes_some_ahead_and_never_more_than_there_is(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(limits, "PARTS", 10)
    monkeypatch.setattr(limits, "_ahead", {})
    rate = Rate(105, 3600)
    with django_assert_num_queries(2):
        assert [limits.take_ahead("many", rate).left for _try in range(20)] == list(range(104, 84, -1))
    assert sum(limits.take_ahead("many", rate).allowed for _try in range(100)) == 85
    assert limits.take_ahead("other", rate).left == 104


def test_what_was_taken_ahead_is_not_good_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(limits.time, "monotonic", lambda: now)
    monkeypatch.setattr(limits, "PARTS", 10)
    monkeypatch.setattr(limits, "_ahead", {})
    assert limits.take_ahead("idle", Rate(100, 3600)).left == 99
    now += limits.KEPT_SECONDS
    assert limits.take_ahead("idle", Rate(100, 3600)).left == 89
