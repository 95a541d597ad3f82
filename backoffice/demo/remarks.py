"""Comments as people leave them: on the telephone, in passing, for the next one. `{who}` and `{day}` are filled in."""

from __future__ import annotations

from random import Random

ANYWHERE = (
    "Spoke to them on the phone, they are fine with {day}.",
    "No answer, tried twice. Will try again after lunch.",
    "Left a message with the neighbour.",
    "{who} has dealt with them before and says to keep it short.",
    "Same question as last month, I reused the answer.",
    "File was misplaced under the old number, back where it belongs.",
    "They were friendly, for once.",
    "Sent by post, not by mail: they asked for paper.",
    "Please leave this with me until {day}.",
    "Checked against the list on the wall, all there.",
    "Their second number works better than the first.",
    "Half done. The rest needs the original.",
    "{who}, can you look at the last page? I cannot read the name.",
    "Thanks, {who}. That was it.",
    "I would not promise them a date yet.",
    "Counter says they came in person on {day}.",
)
BY_PROCEDURE: dict[str, tuple[str, ...]] = {
    "Shopfront alteration": (
        "The agent says the revised elevation comes by courier on {day}. No need to write to them again.",
        "Height is right, width is not: 12 cm over on the left.",
        "Listed at the back only, the front is free.",
        "Colour is RAL 6007, same as next door.",
        "Fee class B, there is a till behind the glass.",
        "Plot was split two years ago, use the new number.",
        "Measured on site with {who}: 2.38 m clear.",
    ),
    "Hoarding or scaffold licence": (
        "Footway is 3.1 m there, so 1.5 stays free.",
        "Police know about the Sunday.",
        "Lamps on the corner are missing on the drawing, they will add them.",
        "Neighbour at the corner wants to be told before it starts.",
        "Two licences for the same wall, I asked which one is meant.",
        "Dates clash with the market on {day}.",
    ),
    "Decision letter": (
        "Used the new template, the old one had last year's fees.",
        "Condition three is the one they will argue about.",
        "{who} reads it on {day}.",
        "Shortened the reasons, nobody reads four pages.",
    ),
    "Appeal": (
        "Envelope says the 3rd, stamp says the 4th. I count the stamp.",
        "They bring a lawyer, so we should book the larger room.",
        "Nothing new in it, but it is in time.",
    ),
    "Tenant enquiry": (
        "She only wanted to know whom to write to.",
        "He was right, the meter had been swapped.",
        "Third call this week. I offered an appointment on {day}.",
        "Answered, and sent the leaflet along.",
        "It is about the neighbours' tree, not ours.",
    ),
    "Repair report": (
        "Plumber can come on {day} between eight and ten.",
        "Turned the water off at the stop cock in the cellar.",
        "Part is ordered, four days they say.",
        "It is the landlord's pipe, not the tenant's.",
        "Photo shows the old crack, the new one is beside it.",
        "Fixed with a new hinge, took ten minutes.",
    ),
    "Tenancy change": (
        "Keys are at the counter, envelope with the name.",
        "Reading of both meters is on the hand-over sheet.",
        "They want to paint it themselves; I said white.",
        "The son signs, the mother stays liable until the end of the month.",
    ),
    "Deposit refund": (
        "Account number has a digit too few, asked again.",
        "Kept 120 for the door, they agreed at hand-over.",
        "Service charge for this year is still open, so part of it stays.",
    ),
    "Purchase invoice": (
        "Two cartons were missing, they will send a credit note.",
        "Price is that of the old contract.",
        "Signed for by {who}.",
    ),
    "New starter": (
        "Contract is signed, photo still missing.",
        "Desk by the window is free from {day}.",
        "Starts at nine on the first day, not at half past eight.",
    ),
    "Office duty": (
        "Done with {who}, took half an hour.",
        "Nothing in the tray this week.",
        "Cupboard key is with Declan.",
    ),
    "Badge or key": (
        "Old badge is blocked.",
        "It was in the other jacket. Can be closed, I think.",
        "Signed at the counter.",
    ),
}
TO_REQUESTER = (
    "Thank you, we have it and will look at it on {day}.",
    "Could you tell us which entrance you mean? A photo would help.",
    "The part is ordered. We will be with you on {day}.",
    "Done. Please say if it is not as it should be.",
    "This takes a little longer than usual, sorry. We expect to be done by {day}.",
)
FROM_REQUESTER = (
    "Any news on this? It is getting colder.",
    "It is the one beside the loading bay.",
    "I am in the building all day on {day}.",
    "Works now, thank you.",
    "It has got worse since yesterday.",
)
AFTERWORDS = (
    "Put a note in the file.",
    "Will look again on {day}.",
    "{who} knows about it.",
    "Nothing more to do until then.",
    "Scan is attached to the letter.",
    "Rang to say so.",
    "If they call: it is on its way.",
    "Took longer than it should have.",
    "Same as in the spring.",
    "Old file number is on the cover.",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def remark(procedure: str, rng: Random, who: str, *, patterns: tuple[str, ...] = ()) -> str:
    """Something to say about work of a procedure; `who` is the first name of a colleague."""
    own = BY_PROCEDURE.get(procedure, ())
    chosen = rng.choice(patterns or (own if own and rng.random() < 0.6 else ANYWHERE))
    if not patterns and rng.random() < 0.35:
        chosen = f"{chosen} {rng.choice(AFTERWORDS)}"
    return chosen.format(who=who, day=rng.choice(WEEKDAYS))
