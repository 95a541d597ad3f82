"""What this app writes into history (`records.verbs`)."""

VERBS = {
    "add": "a row of the set-up was added; its values",
    "change": "a row of the set-up was changed; what differs",
    "withdraw": "an absence, or what a substitute had for it, was taken back; what it said",
    "set_hours": "a calendar has other windows or closures; all of them",
    "revoke": "an API token was ended",
}
