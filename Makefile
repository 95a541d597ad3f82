# Two commands: `make run` starts a demo office, `make test` tests it. README.md tells the rest.
PYTHON ?= python3
.PHONY: run test test-pg15 check messages demo-data install fuzz bench drain
.DEFAULT_GOAL := run

# exec: the signals of the one who started make must reach the office.
run:
	@exec $(PYTHON) -m launch run

# make test ARGS="-k next"
test:
	@exec $(PYTHON) -m launch test $(ARGS)

# The tests marked `database`, on the distribution's PostgreSQL.
test-pg15:
	@exec $(PYTHON) -m launch test-pg15 $(ARGS)

check:
	@exec $(PYTHON) -m launch check

# Brings every text of the code into the catalogues in locale/, to be translated there; ARGS="de" one of them.
messages:
	@exec $(PYTHON) -m launch messages $(ARGS)

# Lives the demo office's year anew, through the verbs, and writes it to backoffice/demo/history.xz (some minutes).
demo-data:
	@exec $(PYTHON) -m launch demo-data

install:
	@exec $(PYTHON) -m launch install

# schemathesis against the API with 200 examples an operation and role, other ones each time.
fuzz:
	@FUZZ_EXAMPLES=200 exec $(PYTHON) -m launch test backoffice/tests/fuzz $(ARGS)

# Flatness at 1,000 / 100,000 / 1,000,000 tasks, floors, memory, broker trouble; ARGS="--sizes 1000,100000 --repeats 3"
bench:
	@exec $(PYTHON) -m launch bench $(ARGS)

# The real permit log imported open and drained by twelve clients over HTTP.
drain:
	@exec $(PYTHON) -m launch drain $(ARGS)
