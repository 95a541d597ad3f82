"""The demo office: Brookmere Estates, an invented company that looks after market halls, quays and rented houses."""
