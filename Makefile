# Everything runs in one .venv, made once and remade only when the pins change.
PYTHON ?= python3
BIN := .venv/bin
PINS := .venv/pins-$(shell cksum < constraints.txt | cut -d' ' -f1)
PROJECT := .venv/project-$(shell cksum < pyproject.toml | cut -d' ' -f1)

.PHONY: demo test lint types unit prove mutants lab bench clean

demo: $(PROJECT)
	$(BIN)/autograder demo build/demo

test: lint types unit

lint: $(PROJECT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(PROJECT)
	$(BIN)/mypy

unit: $(PROJECT)
	$(BIN)/pytest -n 2 --dist loadfile
	$(BIN)/pytest -n 2 --dist loadfile --nbval --nbval-sanitize-with tests/course/nbval.cfg solutions

# What the course must hold, lesson by lesson: solutions pass, blanks do not, every mistake is known.
prove: $(PROJECT)
	$(BIN)/autograder prove

# Plants errors in the solutions; what was tried before and has not changed is not tried again.
mutants: $(PROJECT)
	$(BIN)/autograder mutants

lab: $(PROJECT)
	$(BIN)/jupyter lab notebooks

bench: $(PROJECT)
	$(BIN)/python -m benchmarks.convolution
	$(BIN)/python -m benchmarks.grading
	$(BIN)/python -m benchmarks.whole_class
	$(BIN)/python -m benchmarks.wide

clean:
	rm -rf .venv

$(PINS): constraints.txt
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip -c constraints.txt
	$(BIN)/python -m pip install --quiet torch -c constraints.txt
	$(BIN)/python -m pip install --quiet --editable '.[dev]' -c constraints.txt
	touch $@

$(PROJECT): $(PINS) pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --editable . -c constraints.txt
	touch $@
