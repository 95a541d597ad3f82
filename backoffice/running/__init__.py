"""The set-up's page of background runs: what was asked for, how far it is, what was given up."""
