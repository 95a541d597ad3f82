"""What the four who sign in find: told as scenes in the last working days before the present."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from backoffice.demo import acts, days, papers
from backoffice.demo.agenda import Act
from backoffice.demo.world import World
from core.refusals import Refused
from organization import setup
from organization.models import Absence, User
from tasks import editing, finishing, transitions
from tasks.models import Task
from tasks.opening import Request, open_task
from tasks.states import HELD, Priority, State

BACKLOG = 41
# How the manager's morning gives out what is too much, in shares: uneven on purpose.
GIVEN = {"Tomás Riel": 0.38, "Priya Nair": 0.27, "Kofi Adjei": 0.15, "Samir Haddad": 0.12, "Ines Duarte": 0.08}
FURTHEST = 2000  # no scene begins so many working minutes before now


@dataclass(frozen=True)
class Piece:
    """Work of a scene. Minutes are working minutes of the department: `came` and was given out ago, `due` from now."""

    title: str
    procedure: str
    came: int
    due: int
    department: str = "PER"
    priority: int = Priority.NORMAL
    text: str = ""
    label: str = ""
    ref: str = ""


HIGH, LOW = Priority.HIGH, Priority.LOW
FRONT, CALL, DUTY = "Shopfront alteration", "Tenant enquiry", "Office duty"
SKIP = "They say it has stood there for three weeks. We said ten days in the licence."
HURRY = "Hollis & Wren want a wider door and a new fascia. The agent is in a hurry, the joiner is booked."
DESK = (
    Piece("Reply to Orchard Lane residents about the skip", CALL, 900, -85, "PER", HIGH, SKIP, "complaint", "L-4788"),
    Piece("Call Mrs Okafor back, badge for the loading bay", CALL, 300, 185, text="2nd attempt."),
    Piece("Arrange pre-application meeting, Fenwick Homes", DUTY, 250, 270),
    Piece("Reorder toner and A4, second floor", DUTY, 840, 290, priority=LOW),
    Piece("Check returned mail, permits mailbox", DUTY, 200, 318, label="every week"),
    Piece("Acknowledge tree works, 3 Abbey Close", CALL, 120, 620, ref="L-4806"),
)
BEGUN = Piece(f"{FRONT}, 14 Mill Street: check and register", FRONT, 700, 130, "PER", HIGH, HURRY, ref="L-3391")
WAITING = Piece("Drainage report missing, Plot 9 Saltern Road", "Hoarding or scaffold licence", 860, 1900, ref="L-4761")
REVIEWED = Piece("Decision letter, garage at 22 Hill Rise", "Decision letter", 790, 960, ref="L-4753")
GRETAS = (
    Piece("Projecting sign, 8 Bell Passage", FRONT, 1200, 420),
    Piece("Call Mr Farrell back about Lock Side", CALL, 1150, 60),
    Piece("Awning at 31 Market Row", FRONT, 1100, 2600),
)


class Stage:
    """Puts scenes on the agenda between `begin` (exclusive) and `now`."""

    def __init__(self, world: World, begin: dt.datetime, now: dt.datetime) -> None:
        self.world, self.begin, self.now = world, begin, now
        self.mira, self.ruth = world.named("Mira Holt"), world.named("Ruth Calder")

    def ago(self, minutes: float, code: str = "PER") -> dt.datetime:
        """The instant so many working minutes before now; what would lie before `begin` happens in its first hour."""
        calendar = self.world.calendar(code)
        lived = calendar.minutes_between(self.begin, self.now) - 60
        if minutes <= lived:
            return calendar.add_minutes(self.now, -round(minutes))
        share = (FURTHEST - minutes) / (FURTHEST - lived)
        return calendar.add_minutes(self.begin, 5 + round(50 * share))

    def at(self, minutes: float, act: Act, code: str = "PER") -> None:
        self.world.agenda.at(self.ago(minutes, code), act)

    def hold(self, piece: Piece, person: User, then: Callable[[Task], None] | None = None) -> None:
        """The piece comes in, and the manager gives it to somebody at once; `then` goes on from there."""

        def come() -> None:
            task = self.open(piece)
            manager = self.world.manager(piece.department) or self.ruth
            self.world.ask_right("assign", manager, self.world.fresh(task.pk))
            held = transitions.assign(task.pk, actor=manager, to=person, override="needs to be done by them")
            if then:
                then(held)

        self.at(piece.came, come, piece.department)

    def open(self, piece: Piece, requester: User | None = None) -> Task:
        world = self.world
        procedure = world.procedures[piece.procedure]
        request = Request(
            title=piece.title,
            text=piece.text,
            priority=int(piece.priority),
            due_at=world.calendar(piece.department).add_minutes(self.now, piece.due),
            labels=(piece.label,) if piece.label else (),
            subject_ref=piece.ref,
            requester=requester,
        )
        task = open_task(
            request,
            procedure=procedure,
            department=world.departments[piece.department],
            actor=requester,
            version=world.versions[procedure.pk],
        )
        world.kept.add(task.pk)
        world.busy.add(task.pk)
        return task


def set_up(world: World, begin: dt.datetime, now: dt.datetime) -> None:
    """Put all scenes on the agenda."""
    stage = Stage(world, begin, now)
    greta = world.named("Greta Lindqvist")
    world.resting |= {stage.mira.pk, greta.pk}
    stage.at(1500, lambda: _clear(stage, (stage.mira, greta)))
    for piece in DESK:
        stage.hold(piece, stage.mira)
    stage.hold(BEGUN, stage.mira, lambda task: _begin(stage, task))
    stage.hold(WAITING, stage.mira, lambda task: _let_wait(stage, task.pk))
    stage.hold(REVIEWED, stage.mira, lambda task: _hand_in(stage, task.pk))
    for piece in GRETAS:
        stage.hold(piece, greta)
    stage.at(1080, lambda: _greta_goes(stage, greta))
    stage.at(600, lambda: _half_day(stage))
    stage.at(26, lambda: _give_out(stage))
    stage.at(4, lambda: _top_up(stage))
    _cleos(stage)


def _clear(stage: Stage, people: tuple[User, ...]) -> None:
    """What the two had before goes back; what is in review there is looked at by others."""
    for person in people:
        held = Task.objects.filter(assignee=person, state__in=[*HELD, State.WAITING])
        for pk in held.exclude(pk__in=stage.world.kept).order_by("pk").values_list("pk", flat=True):
            task = stage.world.fresh(pk)
            manager = stage.world.manager(stage.world.code_of(task)) or stage.ruth
            stage.world.ask_right("release", manager, task)
            transitions.release(pk, actor=manager, reason="desks are cleared for the week")


def _begin(stage: Stage, task: Task) -> None:
    world, mira = stage.world, stage.mira
    said = "The agent says the revised elevation comes by courier on Thursday. No need to write to them again."
    steps = acts.unmarked(task)
    plan = papers.for_procedure(FRONT, world.rng)
    stage.at(260, lambda: editing.comment(task.pk, said, actor=world.named("Kofi Adjei")))
    stage.at(22, lambda: transitions.start(task.pk, actor=mira))
    stage.at(17, lambda: acts.mark(world, world.fresh(task.pk), steps[0], mira, "yes"))
    stage.at(12, lambda: acts.mark(world, world.fresh(task.pk), steps[1], mira, "114/7"))
    stage.at(11, lambda: editing.attach_file(task.pk, plan, actor=mira))


def _let_wait(stage: Stage, pk: int) -> None:
    until = stage.world.calendar("PER").add_minutes(stage.now, 1100)
    transitions.start(pk, actor=stage.mira)
    reason = "drainage report of the applicant's engineer"
    stage.at(560, lambda: transitions.wait(pk, actor=stage.mira, kind="outside", reason=reason, until=until))


def _hand_in(stage: Stage, pk: int) -> None:
    world, mira = stage.world, stage.mira
    for number, step in enumerate(acts.unmarked(transitions.start(pk, actor=mira))):
        stage.at(540 - 60 * number, lambda step=step: acts.mark(world, world.fresh(pk), step, mira))
    stage.at(110, lambda: finishing.submit(pk, actor=mira))


def _greta_goes(stage: Stage, greta: User) -> None:
    """Away since the morning after, for a few days more, with work in hand that nobody has moved yet."""
    world = stage.world
    zone = world.departments["PER"].site.zone
    start = dt.datetime.combine(stage.ago(500).astimezone(zone).date(), dt.time(7), zone)
    back = world.calendar("PER").add_minutes(stage.now, 1500).astimezone(zone)
    end = dt.datetime.combine(back.date(), dt.time(19), zone)
    absence = Absence(person=greta, starts_at=start, ends_at=end, substitute=world.named("Ines Duarte"))
    setup.save_absence(absence, actor=stage.ruth)
    world.read_absences()


def _half_day(stage: Stage) -> None:
    """Samir has the afternoon off: today's, or that of the next working day."""
    world = stage.world
    zone = world.departments["PER"].site.zone
    day = stage.now.astimezone(zone).date()
    while not world.calendar("PER").windows_on(day):
        day += dt.timedelta(days=1)
    start, end = (dt.datetime.combine(day, at, zone) for at in (dt.time(12, 30), dt.time(19)))
    samir = world.named("Samir Haddad")
    if not Absence.objects.filter(person=samir).overlapping(start, end).exists():
        setup.save_absence(Absence(person=samir, starts_at=start, ends_at=end), actor=stage.ruth)
        world.read_absences()


def _pile(stage: Stage) -> list[int]:
    free = Task.objects.free().filter(department=stage.world.departments["PER"], confidential=False)
    return list(free.order_by("urgent_at", "pk").values_list("pk", flat=True))


def _give_out(stage: Stage) -> None:
    """The manager's morning: what is over the usual pile goes to people, unevenly; two begin something at once."""
    world = stage.world
    pile = _pile(stage)
    number = min(40, max(12, len(pile) - BACKLOG))
    for name, share in GIVEN.items():
        person = world.named(name)
        wanted = round(number * share)
        for pk in world.rng.sample(pile, len(pile)):
            if wanted <= 0 or world.away(person):
                break
            try:
                world.ask_right("assign", stage.ruth, world.fresh(pk))
                transitions.assign(pk, actor=stage.ruth, to=person)
            except Refused:  # the gate: not certified for it, or full
                continue
            pile.remove(pk)
            wanted -= 1
            world.busy.add(pk)
            if name in {"Tomás Riel", "Priya Nair"} and wanted in {0, 1}:
                stage.at(8 + wanted, lambda pk=pk, person=person: transitions.start(pk, actor=person))


def _top_up(stage: Stage) -> None:
    """A few letters more where the pile is small."""
    for _ in range(max(0, BACKLOG - 3 - len(_pile(stage)))):
        days.arrive(stage.world, "PER")


def _cleos(stage: Stage) -> None:
    """What the colleague has asked for: done, in hand, waiting for her, and new."""
    world, cleo = stage.world, stage.world.named("Cleo Marsh")
    side = Piece("My badge opens the front door only", "Badge or key", 700, 300, "FRO")
    cold = Piece("Heating cold in the boat store", "Repair report", 560, 900, "FAC", text="Since the weekend.")
    gate = Piece("Door of dock gate 2 does not close", "Repair report", 640, 1400, "FAC")
    desk = Piece("Second badge for the summer student", "Badge or key", 45, 800, "FRO")
    _asked(stage, side, cleo, world.named("Declan Roe"), _solved)
    _asked(stage, cold, cleo, world.named("Dale Comeau"), _in_hand)
    _asked(stage, gate, cleo, world.named("Rhona Tibbet"), _asks_back)
    stage.at(desk.came, lambda: stage.open(desk, cleo), "FRO")


def _asked(stage: Stage, piece: Piece, requester: User, person: User, act: Callable[[Stage, int, User], None]) -> None:
    """The piece is asked for and claimed at once, by the person or, in their absence, by somebody else there."""

    def come() -> None:
        world, pk = stage.world, stage.open(piece, requester).pk
        team = [person, *world.team(piece.department)]
        there = next((one for one in team if not world.away(one) and world.may("claim", one, world.fresh(pk))), None)
        if there is not None:
            transitions.claim(pk, actor=there)
            stage.at(piece.came - 21, lambda: begin(pk, there), piece.department)

    def begin(pk: int, there: User) -> None:
        transitions.start(pk, actor=there)
        stage.at(piece.came - 24, lambda: act(stage, pk, there), piece.department)

    stage.at(piece.came, come, piece.department)


def _solved(stage: Stage, pk: int, person: User) -> None:
    editing.comment(pk, "New badge is at the counter, the old one is blocked.", actor=person, for_requester=True)
    for step in acts.unmarked(stage.world.fresh(pk)):
        acts.mark(stage.world, stage.world.fresh(pk), step, person)
    stage.at(600, lambda: finishing.complete(pk, actor=person), "FRO")


def _in_hand(stage: Stage, pk: int, person: User) -> None:
    said = "A valve is stuck. The part is ordered, we will be with you in two days."
    stage.at(120, lambda: editing.comment(pk, said, actor=person, for_requester=True), "FAC")


def _asks_back(stage: Stage, pk: int, person: User) -> None:
    said = "Is it the left or the right wing of the gate? A photo would help."
    editing.comment(pk, said, actor=person, for_requester=True)
    reason = "asked which wing of the gate is meant"
    transitions.wait(pk, actor=person, kind="requester", reason=reason)
