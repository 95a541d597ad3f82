"""What this app writes into history (`records.verbs`)."""

VERBS = {
    "add": "a row of the set-up was added; its values",
    "change": "a row of the set-up was changed; what differs",
    "withdraw": "an absence, or what a substitute had for it, was taken back; what it said",
    "set_hours": "a calendar has other windows or closures; all of them",
    "invite": "somebody was sent a link to set their password",
    "accept": "somebody took their invitation: name and password are set",
    "end_sessions": "somebody was signed out everywhere by who runs the office; how many sessions, and the second step",
    "revoke": "an API token was ended",
}
