"""What this app writes into history (`records.verbs`): reports that were asked for, and their schedules."""

VERBS = {
    "ask_report": "somebody asked for a report, or its schedule did: which, about what",
    "ask_paper": "somebody asked for the PDF of a kept report as they read it: language and time zone",
    "forget": "a kept report was removed: its time had come, or somebody who may removed it",
    "add": "a schedule was made; its values",
    "change": "a schedule was changed; what differs",
    "stop": "a schedule ended; why",
    "park": "a schedule was stopped because making its report failed five times in a row",
    "start_again": "a schedule that had ended goes on; why it had ended",
    "leave": "somebody wants a schedule's mails no longer",
}
