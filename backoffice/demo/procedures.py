"""The twelve procedures of the demo office, with steps of every kind of value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DAY = 480  # a working day, in minutes


@dataclass(frozen=True)
class StepPlan:
    """`answers` are what people enter: texts, numbers, days from today, yes or no, or choices."""

    key: str
    instruction: str
    kind: str = ""
    minutes: int | None = None
    mandatory: bool = True
    answers: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ProcedurePlan:
    """`mix` says how often each department gets it, relative to the others. No departments: all of them."""

    name: str
    description: str
    mix: dict[str, float]
    standard: int
    target: int
    steps: tuple[StepPlan, ...] = ()
    later: tuple[StepPlan, ...] = ()  # what the second version adds
    priority: int = 3
    requires: tuple[tuple[str, int], ...] = ()
    review: bool = False
    open_to_requests: bool = False
    closed_by_subject: bool = False
    for_all: bool = False
    labels: tuple[str, ...] = field(default=())


YES_OFTEN = ("yes", "yes", "yes", "yes", "no")
PLOTS = ("114/7", "82", "9a", "131/2", "17", "203/1", "66", "48/3", "120", "77b")
TRADES = ("Plumbing", "Electrics", "Joinery", "Heating", "Roof", "Locks")

PROCEDURES = (
    ProcedurePlan(
        "Shopfront alteration",
        "A tenant wants to change a shopfront, a sign or an awning. Check against the shopfront code and register.",
        {"PER": 27},
        80,
        20 * DAY,
        (
            StepPlan("complete", "Drawings and form are complete", "yes_no", 10, answers=YES_OFTEN),
            StepPlan("plot", "Plot number matches the land register", "text", 10, answers=PLOTS),
            StepPlan(
                "fee-class",
                "Fee class",
                "choice",
                10,
                answers=("A, small sign", "B, commercial frontage", "B, commercial frontage", "C, listed front"),
            ),
            StepPlan("fee", "Fee to ask for", "number", 20, answers=("85.00", "240.00", "240.00", "410.00", "95.50")),
            StepPlan("visit", "Site visit needed?", "yes_no", 30, answers=("yes", "no", "no")),
        ),
        later=(StepPlan("scan", "Scan of the signed plan is attached", "", None, mandatory=False),),
        requires=(("Planning checks", 1),),
        labels=("listed building", "signage", "Mill Street works"),
    ),
    ProcedurePlan(
        "Hoarding or scaffold licence",
        "Somebody needs part of the footway for a hoarding, a scaffold or a skip.",
        {"PER": 24},
        55,
        12 * DAY,
        (
            StepPlan("from", "First day of the licence", "date", 10, answers=(4, 7, 9, 12, 15)),
            StepPlan("until", "Last day of the licence", "date", 5, answers=(20, 25, 34, 45)),
            StepPlan("width", "Footway left free, in metres", "number", 15, answers=("1.5", "1.8", "2.0", "1.2")),
            StepPlan("lamps", "Lamps and reflectors are on the drawing", "yes_no", 10, answers=YES_OFTEN),
            StepPlan("notice", "Neighbours are told", "", 15, mandatory=False),
        ),
        requires=(("Fire safety", 1),),
        labels=("footway", "Mill Street works"),
    ),
    ProcedurePlan(
        "Decision letter",
        "Write the decision of an application or a hearing. Somebody else reads it before it goes out.",
        {"PER": 18, "APP": 35},
        60,
        9 * DAY,
        (
            StepPlan(
                "outcome",
                "Decision",
                "choice",
                20,
                answers=("granted", "granted", "granted with conditions", "refused"),
            ),
            StepPlan("reasons", "Reasons in two sentences", "text", 40, answers=()),
        ),
        requires=(("Planning checks", 2),),
        review=True,
        labels=("decision",),
    ),
    ProcedurePlan(
        "Appeal",
        "Somebody appeals against a decision. Time limits are those of the appeals code.",
        {"APP": 50},
        180,
        18 * DAY,
        (
            StepPlan("received", "Day the appeal was received", "date", 10, answers=(-6, -4, -2, -1)),
            StepPlan("in-time", "Received in time?", "yes_no", 20, answers=YES_OFTEN),
            StepPlan("hearing", "Day of the hearing", "date", 30, mandatory=False, answers=(12, 18, 25)),
            StepPlan("finding", "Finding", "text", 120, answers=()),
        ),
        requires=(("Appeals procedure", 1),),
        review=True,
        labels=("hearing", "decision"),
    ),
    ProcedurePlan(
        "Tenant enquiry",
        "A question or a complaint by letter, telephone or at the counter.",
        {"PER": 23, "FRO": 60, "LET": 30, "FAC": 12, "ACC": 25, "APP": 10},
        25,
        3 * DAY,
        (
            StepPlan(
                "topic", "What it is about", "choice", None, answers=("rent", "noise", "permit", "waste", "other")
            ),
            StepPlan("answered", "Answer given", "", None),
        ),
        open_to_requests=True,
        labels=("complaint", "callback"),
    ),
    ProcedurePlan(
        "Repair report",
        "Something in a building of ours is broken.",
        {"FRO": 15, "LET": 12, "FAC": 50},
        40,
        6 * DAY,
        (
            StepPlan("trade", "Trade", "choice", 5, answers=TRADES),
            StepPlan("access", "When can we come in?", "date", 10, mandatory=False, answers=(1, 2, 3, 5)),
            StepPlan(
                "cost", "Cost of the repair", "number", 25, mandatory=False, answers=("120.00", "64.50", "380.00")
            ),
        ),
        open_to_requests=True,
        labels=("leak", "lift", "out of order"),
    ),
    ProcedurePlan(
        "Badge or key",
        "A person needs a badge, a key, or has lost one.",
        {"FRO": 17, "FAC": 12},
        15,
        2 * DAY,
        (
            StepPlan("number", "Number of the badge or key", "text", 10, answers=("B-1187", "K-204", "B-0932", "K-77")),
            StepPlan("handed", "Handed over against a signature", "yes_no", 5, answers=("yes",)),
        ),
        open_to_requests=True,
        labels=("lost",),
    ),
    ProcedurePlan(
        "Tenancy change",
        "A tenancy begins, ends, or changes hands.",
        {"LET": 45},
        90,
        8 * DAY,
        (
            StepPlan("from", "Takes effect on", "date", 10, answers=(14, 21, 30, 45)),
            StepPlan("rent", "Rent per month", "number", 20, answers=("780.00", "1140.00", "925.50", "2300.00")),
            StepPlan("heard", "The other tenants of the house were heard", "yes_no", 30, answers=YES_OFTEN),
            StepPlan(
                "note", "Note for the rent account", "text", 30, mandatory=False, answers=("as before", "new index")
            ),
        ),
        requires=(("Lettings law", 1),),
        labels=("move-out", "new lease"),
    ),
    ProcedurePlan(
        "Deposit refund",
        "Pay a deposit back after a tenancy, less what is owed. A second person checks the amount.",
        {"ACC": 30},
        45,
        9 * DAY,
        (
            StepPlan("amount", "Amount to pay out", "number", 30, answers=("1560.00", "2340.00", "870.25", "0.00")),
            StepPlan("account", "Account holder is the tenant", "yes_no", 15, answers=("yes",)),
        ),
        requires=(("Bookkeeping", 2),),
        review=True,
        labels=("move-out",),
    ),
    ProcedurePlan(
        "Purchase invoice",
        "Check an invoice against order and delivery. It is closed where invoices are booked.",
        {"ACC": 40, "FAC": 14},
        20,
        7 * DAY,
        (StepPlan("agrees", "Quantity and price agree with the order", "yes_no", None, answers=YES_OFTEN),),
        requires=(("Bookkeeping", 1),),
        closed_by_subject=True,
        labels=("discount ends soon",),
    ),
    ProcedurePlan(
        "New starter",
        "Everything somebody needs on their first day: contract, desk, badge, accounts.",
        {"PEO": 55},
        75,
        8 * DAY,
        (
            StepPlan("first-day", "First day", "date", 10, answers=(10, 14, 21, 28)),
            StepPlan("contract", "Signed contract is in the file", "yes_no", 25, answers=("yes",)),
            StepPlan(
                "desk", "Desk and equipment", "text", 40, answers=("2.14", "1.07, standing desk", "Lindenhof 0.3")
            ),
        ),
        requires=(("Personnel files", 1),),
        open_to_requests=True,
        labels=("first day",),
    ),
    ProcedurePlan(
        "Office duty",
        "What every department has to do now and then: returned mail, ordering, filing, minutes.",
        {"PER": 8, "FRO": 8, "LET": 13, "FAC": 12, "ACC": 5, "APP": 5, "PEO": 45, "HQ": 100},
        30,
        6 * DAY,
        priority=4,
        for_all=True,
        labels=("every week", "filing"),
    ),
)
