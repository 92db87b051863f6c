# Everything a newcomer types. Only Python 3.11+ and make are needed: the rest is made here.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv/bin/python
DATA_DIR ?= .data

.PHONY: help run install style lint test soak bench check-roles check-chart check-image run-java check-terraform screenshots clean python runtime

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make run reads PORT (8080), AWS_PORT (4566), DATA_DIR (.data), DEMO (none = start empty),"
	@echo "  WEBHOOK_SECRET (made if absent) and RETENTION_DAYS (90)."

run: runtime ## Start the whole dashboard with an embedded AWS and its demo
	@exec $(VENV) -m embedded

install: python ## Make the virtual environments for development
	@$(PYTHON) -m embedded.bootstrap runtime dev embedded

style: install
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check --quiet .

lint: style ## Check style and types
	@$(VENV) -m mypy .

test: style ## Run everything: style, types, all tests (browser tests where Chromium is installed)
	@$(VENV) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

soak: install ## Kill workers among many more events than the tests have time for (minutes)
	@$(VENV) -m pytest tests/ingest/test_no_event_is_lost.py --soak

check-roles: install ## Do each part's work with its role's rights alone, then take each right away (3 minutes)
	@$(VENV) -m pytest tests/terraform/check_roles.py -q -s -p no:cacheprovider -p no:rerunfailures

bench: install ## Measure, and print the ratios
	@exec $(VENV) -m bench

check-chart: install ## Judge the Helm chart: helm, a real API server, kubeconform, checkov, where here
	@exec $(VENV) -m chart_checks

check-image: install ## Build the image's tree in a folder, and run every command of it read-only, without Docker
	@exec $(VENV) -m image_check

run-java: runtime ## The same dashboard on DynamoDB Local and ElasticMQ (needs Java 17 and Maven)
	@exec $(VENV) -m embedded.on_java

check-terraform: install ## Judge the Terraform: format, validity, tests with mocks, where it is here
	@exec $(VENV) -m terraform_check

screenshots: install ## Take a picture of every page of the demo, and write the tour
	@exec $(VENV) -m screenshots

clean: ## Forget the data of make run
	@if [ -x $(VENV) ]; then exec $(VENV) -m embedded.clean; else rm -rf .data; fi

python:
	@[ -n "$(PYTHON)" ] && command -v "$(PYTHON)" >/dev/null || \
		{ echo "Python 3.11 or newer is needed and was not found (name one with PYTHON=...)." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is older." >&2; exit 1; }

runtime: python
	@$(PYTHON) -m embedded.bootstrap runtime embedded
