# What to type. Needs Python 3.11, make and git; everything else comes with the first target.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
PY = .venv/bin/python
INSTALL = $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header

.PHONY: help run test test-full e2e coverage bench lint lock screenshots vendor

help:
	@echo "make run          start the portal with demo data on http://localhost:$(PORT)"
	@echo "make test         all tests, races and fuzzing at a tenth; ARGS='tests/emails -x' for some"
	@echo "make test-full    what make test leaves out: the full figures, and each test on its other database; coverage"
	@echo "make e2e          what the portal approves works at a certified authorization server (needs Node 20)"
	@echo "make coverage     the rules' own tests, which have to reach every branch of the rules"
	@echo "make bench        what rules, logos, the server and the list cost beside others, and how the code is cut; fails where a goal is missed"
	@echo "make lint         style, types, templates, imports, migrations, deployment checks"
	@echo "make screenshots  take the pictures of docs/screenshots anew"
	@echo "make vendor       fetch and check Bootstrap's styles and the font of static/vendor (needs npm)"
	@echo "make lock         resolve requirements/*.in into requirements/*.txt"

run: .venv/base.stamp
	@PORT=$(PORT) exec $(PY) bin/serve.py

test: .venv/dev.stamp
	@exec $(PY) bin/test.py $(ARGS)

test-full: .venv/dev.stamp
	@PORTAL_TEST_SCALE=full $(PY) bin/test.py $(ARGS)
	@$(MAKE) --no-print-directory coverage

e2e: .venv/dev.stamp
	@! command -v npm >/dev/null || test e2e/node_modules/.package-lock.json -nt e2e/package-lock.json || \
		npm ci --prefix e2e --silent
	@$(PY) -m pytest tests/e2e $(ARGS)

coverage: .venv/dev.stamp
	$(PY) -m coverage run --data-file=.coverage.rules --branch --source=registrations/rules,registrations/domain -m pytest tests/rules tests/domain
	$(PY) -m coverage report --data-file=.coverage.rules --show-missing --skip-covered --fail-under=100

bench: .venv/dev.stamp
	@$(PY) -m bench.rules
	@$(PY) -m bench.logos
	@$(PY) -m bench.serving
	@$(PY) -m bench.form_page
	@$(PY) -m bench.shape
	@$(PY) -m bench.list_page
	@$(PY) -m bench.api

lint: .venv/dev.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	DEBUG=true .venv/bin/mypy portal registrations bin
	git ls-files 'templates/*.html' | xargs .venv/bin/djade --target-version 5.2 --check
	.venv/bin/lint-imports --no-logo
	DEBUG=true $(PY) manage.py makemigrations --check --dry-run
	set -a && . deploy/build.env && set +a && \
		$(PY) manage.py check --deploy --fail-level WARNING

screenshots: .venv/dev.stamp
	$(PY) bin/screenshots.py
	PORTAL_SCREENSHOTS=docs/screenshots $(PY) -m pytest tests/browser/test_desk_journey.py -k 1280

vendor: .venv/base.stamp
	$(PY) bin/vendor.py

lock: .venv-lock/stamp
	$(LOCK) --output-file requirements/base.txt requirements/base.in
	$(LOCK) --output-file requirements/dev.txt requirements/dev.in

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/base.stamp: requirements/base.txt | .venv/bin/python
	$(INSTALL) -r requirements/base.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/bin/python
	$(INSTALL) -r requirements/dev.txt
	@touch $@ .venv/base.stamp

.venv-lock/stamp:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --disable-pip-version-check uv
	@touch $@
