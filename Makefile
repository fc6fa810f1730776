# Watch the Loss. `make serve` builds the book and serves it; `make test` runs every test.
PYTHON ?= python3
PORT ?= 8000
RUN = .venv/bin/python

.PHONY: help ready serve html check test notebooks bench bench-page bench-live clean
help:
	@echo "make serve | html | check | test | notebooks | bench | bench-page | bench-live | clean   (README.md says what each does)"
ready:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found: install Python 3.11 or newer, or name one: make PYTHON=python3.12 serve"; exit 1; }
	@$(PYTHON) tools/bootstrap.py
serve: ready
	@$(RUN) tools/serve.py --port $(PORT)
html: ready
	@$(RUN) tools/build_book.py
check: ready
	@$(RUN) tools/run_tests.py --quick
test: ready
	@$(RUN) tools/run_tests.py
notebooks: ready
	@$(RUN) tools/normalize_notebooks.py
bench: ready
	@$(RUN) -m bench
bench-page: ready
	@$(RUN) -m bench.page
	@$(RUN) -m bench.drags
bench-live: ready
	@$(RUN) -m bench.live
	@$(RUN) -m bench.live_widgets
clean:
	@rm -rf _build .cache/live .cache/lite .pytest_cache .ruff_cache .hypothesis
.DEFAULT:
	@echo "There is no target '$@'."; $(MAKE) --no-print-directory help; exit 2
