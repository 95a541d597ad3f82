"""What people of the demo office write: titles, texts, reasons. Tenants, streets and firms are invented."""

from __future__ import annotations

from random import Random

STREETS = (
    "Mill Street", "Quay Street", "Ferry Lane", "Saltern Road", "Hill Rise", "Abbey Close", "Orchard Lane",
    "Market Row", "Tanner's Yard", "Lock Side", "Chandler Street", "Old Dairy Court", "Weir Walk", "Bell Passage",
)  # fmt: skip
HOUSES = ("Lindenhof 2", "Lindenhof 5", "Gartenhaus B", "Kontorhaus", "Speicher 3", "Deichblick 11", "Hofseite 7")
HALLS = ("the market hall", "Quay shed 4", "the boat store", "the cold store", "the ferry ticket office", "dock gate 2")
TENANTS = (
    "Hollis & Wren", "Saltern Ltd", "Fenwick Homes", "Pell Bakery", "Amadi Opticians", "Tidewater Cycles",
    "Crane & Daughters", "The Copper Kettle", "Lund Pharmacy", "Harbour Books", "Nettle & Thyme", "Oakes Dental",
    "Silva Shoes", "Brightwater Dry Cleaning", "Marlowe Insurance", "The Weir Inn", "Ostrander Tools", "Kite Nursery",
)  # fmt: skip
PERSONS = (
    "Mrs Okafor", "Mr Pell", "D. Amadi", "Ms Quigley", "Mr and Mrs Sorley", "J. Vasquez", "Mrs Teller", "Mr Oduya",
    "A. Lindholm", "Ms Brack", "Mr Farrell", "Mrs Huang", "P. Novotny", "Ms Achebe", "Mr Strand", "Mrs Iyer",
)  # fmt: skip

# Procedure -> pairs of title and text.
TITLES: dict[str, tuple[tuple[str, str], ...]] = {
    "Shopfront alteration": (
        (
            "Shopfront alteration, {no} {street}",
            "{tenant} want a wider door and a new fascia. Drawings are attached to the letter.",
        ),
        (
            "Projecting sign for {tenant}, {no} {street}",
            "Sign of 60 by 80 cm, lit from above. The bracket is the old one.",
        ),
        ("Awning at {no} {street}", "{tenant} ask for a retractable awning over the footway, 2.4 m clear height."),
        ("New glazing, {no} {street}", "Single panes out, laminated in. The frame stays, so the agent says."),
        ("Repaint listed front, {no} {street}", "Colour sample came with the letter. It is close to the old green."),
        ("Change of fascia, {tenant}", "New name over the door; size as before."),
    ),
    "Hoarding or scaffold licence": (
        ("Scaffold licence, {no} {street}", "Roof works, two bays, three weeks. The scaffolder is on our list."),
        ("Hoarding licence, {no} {street}", "{tenant} rebuild the ground floor and close half of the footway."),
        ("Skip outside {no} {street}", "One skip for four days. It must not stand on the cycle lane."),
        ("Extend scaffold, {no} {street}", "Weather held them up, they ask for ten more days."),
        ("Cherry picker, {street}, one day", "Sunday morning, gutter cleaning for {tenant}."),
    ),
    "Decision letter": (
        ("Decision letter, {no} {street}", "File is complete, the site visit is done. Draft from the template."),
        ("Decision letter for {tenant}", "Granted in principle at the Monday round; conditions as in the note."),
        ("Refusal, {no} {street}", "Third drawing and still over the height. Say what would be allowed."),
        ("Hearing decision, {person}", "Write down what the panel decided and when it can be appealed."),
    ),
    "Appeal": (
        (
            "Appeal by {person} against refusal, {no} {street}",
            "Letter came by registered post. Check the date on the envelope.",
        ),
        ("Appeal by {tenant}, fee class", "They say class A, we said class B."),
        ("Appeal of neighbours, {no} {street}", "Eleven signatures. One speaker is named."),
    ),
    "Tenant enquiry": (
        ("Call {person} back about {street}", "Rang twice. Best before noon."),
        ("Reply to residents of {street} about the skip", "They say it stood there for three weeks."),
        ("{person}: when is the next reading?", "Asked at the counter, wants it in writing."),
        ("Complaint about night works, {street}", "Noise after ten in the evening, three nights in a row."),
        ("{tenant} ask for a copy of the lease", "The old one was lost in the move."),
        ("Question from {person} about the fee", "Paid twice, they think. Statement is attached."),
        ("Returned letter, {no} {street}", "Not known at the address. Find the new one."),
        ("{person} wants to see the file", "Offer two dates in the reading room."),
    ),
    "Repair report": (
        ("Water under the sink, {house}", "Bucket is in place. Tenant is at home after four."),
        ("No light on the stairs, {house}", "Second and third floor. Changed the bulb, it is not that."),
        ("Heating cold in {hall}", "Since the weekend. Both radiators by the gate."),
        ("Door of {hall} does not close", "It has to be lifted. The wind does the rest."),
        ("Gutter hangs loose, {no} {street}", "Over the entrance, so before the next rain please."),
        ("Roller shutter stuck, {hall}", "Half open. The night watch knows."),
        ("Lift stops between floors, {house}", "Nobody was inside. It is switched off now."),
    ),
    "Badge or key": (
        ("Badge for {person}, starts on Monday", "Ground floor and second floor, not the archive."),
        ("Lost key, {hall}", "Left in a taxi. The lock has to be changed if it does not turn up by Friday."),
        ("Key for the bicycle store, {house}", "Deposit was paid at the counter."),
        ("Badge does not open the side door", "{person} can get in at the front only."),
    ),
    "Tenancy change": (
        ("Move-out {person}, {house}", "Notice is in the file. Hand-over on the last day of the month."),
        ("New lease {person}, {house}", "Two rooms, second floor. They bring the old contract."),
        ("Lease passes to the son, {house}", "{person} is in a home now. Ask for the letter of the court."),
        ("{tenant} give up half of {house}", "The other half stays with them for a year."),
    ),
    "Deposit refund": (
        ("Deposit of {person}, {house}", "Hand-over without remarks. Two months of service charge are open."),
        ("Deposit {tenant}, {house}", "Keep the costs of the door. Invoice is with the hand-over."),
    ),
    "Purchase invoice": (
        ("Invoice for paint, {hall}", "Fourteen days, two per cent."),
        ("Invoice of the lift company, {house}", "Quarterly maintenance and one call at night."),
        ("Invoice for toner and paper", "Delivered on Tuesday, counted at the counter."),
        ("Invoice for window cleaning, {house}", "They did the yard side only, it seems."),
        ("Invoice for heating oil, {hall}", "Delivery note is signed by the night watch."),
    ),
    "New starter": (
        ("First day of {person}", "Front office, four days a week. Half of the first week at the counter."),
        ("{person} comes back from leave", "Same desk, new hours. Badge has run out."),
        ("Student for the summer, {person}", "Eight weeks in the archive."),
    ),
    "Office duty": (
        ("Returned mail round", "Everything in the grey tray. Strike out what is older than a month."),
        ("Reorder toner and paper, second floor", "Look into the cupboard first."),
        ("File the finished folders", "Two metres wait on the trolley."),
        ("Write up the Monday round", "Names, dates, who does what."),
        ("Check the first-aid boxes", "Plasters go first."),
        ("Update the door signs", "Two names and one spelling."),
        ("Count the visitor badges", "Three were missing last time."),
    ),
}

REASONS_TEXT = (
    "The drawing keeps to the shopfront code and the neighbours had no objection.",
    "The height is 20 cm over what the street allows, and the applicant did not change it.",
    "Granted for two years because the works next door are not finished.",
    "The front is listed; the colour is right, the lighting is not, hence the condition.",
    "The panel heard both sides and found the fee class to be wrong.",
    "Received in time; the first decision did not weigh the fire report.",
)
WAITS = {
    "requester": (
        "asked for a better copy of the drawing",
        "needs to say which door is meant",
        "asked for the missing signature",
    ),
    "outside": (
        "drainage report from the engineer",
        "answer of the fire brigade",
        "quote from the joiner",
        "land register extract",
        "bank has to confirm the account",
    ),
    "department": (
        "Rent accounts look up the old balance",
        "Facilities measure the opening",
        "Appeals say whether it is in time",
    ),
    "colleague": (
        "{who} has the paper file until tomorrow",
        "second opinion on the drawing",
        "whoever took the call is back in the afternoon",
    ),
    "later": (
        "not before the works next door end",
        "counter opens again on Monday",
        "comes up at the next Monday round",
    ),
}
RELEASES = ("called away to the counter", "not mine after all, needs the paper file", "I am out from noon", "")
HAND_OFFS = ("belongs to them, it is about their building", "they have the file already", "asked at the wrong counter")
SEND_BACKS = (
    "The second reason does not say which rule it means.",
    "Date of the hearing is missing.",
    "Amount and letter differ. Please look at the last line again.",
    "Wrong template: this one is for tenants, not for owners.",
    "Please name the appeal period.",
)
REOPENINGS = (
    "The letter came back, the address was wrong.",
    "They say the second half was never answered.",
    "Broke again the same evening.",
    "We closed the wrong one of the two.",
    "The drawing in the file is not the one that was approved.",
)
CANCELS = ("came in twice", "withdrawn by telephone", "solved at the counter", "opened by mistake")
OVERRIDES = (
    "certificate is at the printer, I have seen it",
    "knows the case, two more will do no harm",
    "agreed by telephone",
)
TAKE_OVERS = ("is in training all week", "the caller waits at the counter", "needs to be out today")


def filled(pattern: str, rng: Random) -> str:
    """A pattern with names and places put in."""
    return pattern.format(
        street=rng.choice(STREETS),
        house=rng.choice(HOUSES),
        hall=rng.choice(HALLS),
        tenant=rng.choice(TENANTS),
        person=rng.choice(PERSONS),
        no=rng.randint(1, 68),
    )


def title_and_text(procedure: str, rng: Random) -> tuple[str, str]:
    """A title and a text for a piece of work."""
    title, text = rng.choice(TITLES[procedure])
    says_more = rng.random() < 0.8
    state = rng.getstate()
    shown = filled(title, rng)
    rng.setstate(state)  # the same tenant in title and text
    text = filled(text, rng)
    return shown[:1].upper() + shown[1:], text if says_more else ""
