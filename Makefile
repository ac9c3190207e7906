# Everything a person or a CI job runs here. `make help` lists it.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# the CPU build where pip can find it; override for another one: make test TORCH="torch --index-url https://..."
TORCH  ?= torch==2.13.0
CORPUS ?=
PYTHONS ?=

.PHONY: help demo test lint fuzz check format examples samples golden schema release weight accuracy formats bench beyond trust prescriptions scale docs clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.demo ## install the package and analyse sample_runs/ (a minute, no system packages)
	$(BIN)/analyze-logs sample_runs
	@echo "Open reports/index.html in a browser."

test: $(VENV)/.test ## install what the tests need (Chromium too, where it is missing) and run them
	$(BIN)/python -m pytest

lint: $(VENV)/.dev ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check loganalyzer tests sample_runs benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(VENV)/.fuzz ## mutate what the readers read, the same thousands of inputs each, guided by Atheris where it can be installed
	$(BIN)/python -m tests.fuzz

check: lint test ## everything that must be green before a commit lands

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format loganalyzer tests sample_runs benchmarks

examples: $(VENV)/.test ## rebuild the gallery in reports/examples, and its pictures for the README
	$(BIN)/python tools/gallery.py
	$(BIN)/python tools/pictures.py

samples: $(VENV)/.test ## train all sample runs again (minutes)
	$(BIN)/python sample_runs/make_samples.py

golden: $(VENV)/.test ## rewrite the golden files; read the diff
	$(BIN)/python -m pytest tests/golden --rewrite-golden

schema: $(VENV)/.test ## rewrite the JSON Schemas: of the configuration, and the verdicts and languages in that of --json
	$(BIN)/python -m loganalyzer.config.schema
	$(BIN)/python tools/schemas.py

accuracy: $(VENV)/.test ## measure the diagnosis: benchmarks/accuracy.md (CORPUS=dir for the labelled corpora: by_source.md, too)
	$(BIN)/python benchmarks/accuracy.py $(if $(CORPUS),--corpus $(CORPUS))
	$(if $(CORPUS),$(BIN)/python -m benchmarks.by_source --corpus $(CORPUS))

prescriptions: $(VENV)/.test ## do the fixes cure? sick trainings treated by the files of --next and judged again (20 minutes): benchmarks/closed_loop.md
	$(BIN)/python -m benchmarks.prescriptions

beyond: $(VENV)/.test ## measure schedules, sweeps, replays, gain ranges: benchmarks/beyond.md (CORPUS=dir)
	$(BIN)/python -m benchmarks.beyond $(if $(CORPUS),--corpus $(CORPUS))

trust: $(VENV)/.test ## are the numbers shown those of the log? benchmarks/trust.md (CORPUS=dir)
	$(BIN)/python -m benchmarks.trust $(CORPUS)

formats: $(VENV)/.test ## logs in the wild, read whole? CORPUS=dir with formats/, field/, small/: benchmarks/formats.md
	$(BIN)/python -m benchmarks.formats $(CORPUS)/formats $(CORPUS)/field $(CORPUS)/small

bench: $(VENV)/.test ## measure starts, reading, the report, the short text, the MCP server, how signals end it, and watching: benchmarks/{start_up,reading,report,brief,mcp,signals,watch}.md
	$(BIN)/python benchmarks/start_up.py
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/report.py
	$(BIN)/python benchmarks/signals.py
	$(BIN)/python benchmarks/brief.py
	$(BIN)/python -m benchmarks.mcp
	$(BIN)/python -m benchmarks.watch

weight: $(VENV)/.test ## measure what installing costs, against TensorBoard alone: benchmarks/install.md (5 minutes)
	$(BIN)/python benchmarks/install.py

scale: $(VENV)/.test ## measure 20,000 runs, the cache, a Dask cluster, a bucket (10 minutes): benchmarks/scale.md
	$(BIN)/python benchmarks/scale.py

docs: $(VENV)/.docs ## build the documentation site, its links checked: build/site
	$(BIN)/python tools/site.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

release: $(VENV)-release/.tools ## build and check what is published: dist/ (PYTHONS="python3.12 ...": try the wheel there, too)
	$(VENV)-release/bin/python tools/release.py $(PYTHONS:%=--python %)

clean: ## remove everything that was built
	rm -rf $(VENV) $(VENV)-release build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m pip install --user virtualenv && $(PYTHON) -m virtualenv $(VENV); }

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	$(BIN)/python -m compileall -q loganalyzer
	@touch $@

$(VENV)/.test: pyproject.toml tools/system_packages.sh | $(VENV)/bin/python
	bash tools/system_packages.sh
	$(BIN)/python -m pip install -q --disable-pip-version-check "$(firstword $(TORCH))" $(wordlist 2,9,$(TORCH))
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[test,train]"
	@touch $@ $(VENV)/.demo

# apart from the rest: what checks a release brings versions of common libraries that tests should not depend on
$(VENV)-release/.tools: pyproject.toml
	$(PYTHON) -m venv $(VENV)-release || $(PYTHON) -m virtualenv $(VENV)-release
	$(VENV)-release/bin/python -m pip install -q --disable-pip-version-check -e ".[release]"
	@touch $@

$(VENV)/.dev: $(VENV)/.test
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[dev]"
	@touch $@

$(VENV)/.docs: pyproject.toml | $(VENV)/.demo
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[docs]"
	@touch $@

# Atheris has wheels for some Pythons and systems only: where it has none, `make fuzz` says so and goes on
$(VENV)/.fuzz: $(VENV)/.test
	@if $(BIN)/python -m pip install -q --disable-pip-version-check --only-binary atheris -e ".[fuzz]" 2>$@.log; \
	then touch $@; else cat $@.log >&2; grep -q "No matching distribution found for atheris" $@.log; fi
