# Two commands: `make report` and `make test`. Everything they need is set up in .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
INCIDENT ?= data/incidents/demo-database
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Modules are compiled once, not by each of the hundreds of processes that tests start, whatever the surroundings say.
export PYTHONDONTWRITEBYTECODE =

SIZE ?= full
ROUNDS ?= 3
LOG_FORMATS ?= ../shared/benchmarks/log-formats

.PHONY: report test soak lint bench bench-formats setup clean

report: setup
	@.venv/bin/forensics run $(INCIDENT) || test $$? -eq 3

test: setup
	@.venv/bin/pytest -n 3 --dist loadfile -p no:nbval
	@.venv/bin/pytest -n 2 --dist loadfile --nbval-lax notebooks

# The figures that are promised of reading: ten million spoilt lines and a hundred thousand spoilt files, with another seed
# each time (it is printed; HAZARD_SEED=… repeats it): some five hours on one busy processor. SOAK=0.01 does a hundredth.
soak: setup
	@.venv/bin/python tests/hazards/soak.py
	@HAZARD_BIG=1 HAZARD_SEED=$${HAZARD_SEED:-$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')} .venv/bin/pytest -n 2 --dist loadfile tests/hazards

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check lib tests data
	.venv/bin/mypy

bench: setup
	@PYTHONPATH=tests .venv/bin/python -m benchmarks --size $(SIZE) --rounds $(ROUNDS) $(addprefix --only ,$(ONLY)) $(BENCH)

bench-formats: setup
	@PYTHONPATH=tests .venv/bin/python -m benchmarks.log_formats $(LOG_FORMATS)

setup: .venv/.ready

.venv/.ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing. On Debian: sudo apt-get install python3 python3-venv make" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version). On Debian 12: sudo apt-get install python3.11 python3.11-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv (once; about 1 GB)"
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch .venv/.ready

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
