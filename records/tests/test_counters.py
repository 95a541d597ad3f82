"""Register numbers have no gaps, whatever is rolled back and however many ask at once."""

from __future__ import annotations

import random
import threading

import pytest
from django.db import connection, transaction

from records.models import Counter

pytestmark = pytest.mark.database


def allocate(department_id: int = 1, year: int = 2026, register: str = "incoming") -> int:
    with transaction.atomic():
        return Counter.allocate(register=register, department_id=department_id, year=year)


@pytest.mark.django_db(transaction=True)
def test_a_number_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        Counter.allocate(register="incoming", department_id=1, year=2026)
    assert not Counter.objects.exists()


@pytest.mark.django_db
def test_each_register_department_and_year_counts_for_itself() -> None:
    assert [allocate(), allocate(), allocate(2), allocate(1, 2027), allocate(register="outgoing"), allocate()] == [
        *(1, 2, 1, 1, 1, 3)
    ]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_number_is_given_again() -> None:
    allocate()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert Counter.allocate(register="incoming", department_id=1, year=2026) == 2
        raise ZeroDivisionError
    assert allocate() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_leave_no_gap_and_no_double() -> None:
    kept: list[int] = []
    failed: list[BaseException] = []
    start = threading.Barrier(20)

    def register(seed: int) -> None:
        chance = random.Random(seed)
        try:
            start.wait()
            for _ in range(10):
                try:
                    with transaction.atomic():
                        number = Counter.allocate(register="incoming", department_id=1, year=2026)
                        if chance.random() < 0.4:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    continue
                kept.append(number)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=register, args=(seed,)) for seed in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and sorted(kept) == list(range(1, len(kept) + 1)) and len(kept) > 80
    assert Counter.objects.get().last == len(kept)
