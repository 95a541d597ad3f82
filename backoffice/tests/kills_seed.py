"""Fills an empty office for the kill test: four departments, thirty-two people with tokens, work to do."""

import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    import django

    django.setup()
    from organization.tokens import create_token
    from tasks.tests import factories as make

    week = make.calendar("Week", days=range(7), start=0, end=23)
    departments = [make.department(f"Department {n}", code=f"K{n}X", calendar=week) for n in range(4)]
    procedure = make.procedure("Work")
    make.procedure("More work", steps=[{"is_mandatory": False}])
    for number in range(32):
        person = make.person(f"Person {number}")
        where = departments[number % 4]
        make.member(person, where)
        _token, text = create_token(person, actor=None, name="kills")
        print(text, where.pk, procedure.pk)
    for number in range(400):
        make.task(departments[number % 4], procedure, title=f"Seed {number}")


if __name__ == "__main__":
    main()
