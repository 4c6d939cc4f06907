# The front door. Each target is one line of `telecom` or of a tool in .venv; `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Finds the Python that runs the project, one that pyproject.toml allows; `make PYTHON=/path/to/python3` names another.
DOCTOR := telecom/doctor/doctor.sh
# The last line, because a sitecustomize may print something before it.
INTERPRETER := $(DOCTOR) --python | tail -n 1
UV_VERSION := $(shell sed -n '/^uv:/,/version:/s/^ *version: *//p' versions.yaml)
CACHE := $(or $(TELECOM_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/telecom-lakehouse)
UV_FOLDER := $(CACHE)/uv-$(UV_VERSION)
# A path with spaces, as a target.
empty :=
UV := $(subst $(empty) ,\ ,$(UV_FOLDER)/bin/uv)
VENV := .venv/.synced
BIN := .venv/bin
# Trust the certificates of the system's store, as a site with its own proxy needs it.
export UV_SYSTEM_CERTS ?= 1

##@ Start
.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
.PHONY: demo up status down clean doctor setup
demo: $(VENV) ## Fetch the engines, run manifests/samples/demo.yaml with them, reconcile the ledger
	@$(BIN)/telecom demo
up: $(VENV) ## Start the services and the pipeline of SAMPLE, or those applied before, and leave them running
	@$(BIN)/telecom up $(if $(SAMPLE),--file $(SAMPLE))
status: $(VENV) ## Show components, freshness, lag and endpoints
	@$(BIN)/telecom status
down: $(VENV) ## Stop everything, keep the data
	@$(BIN)/telecom down
clean: $(VENV) ## Stop everything and delete its data (asks first)
	@$(BIN)/telecom clean
setup: $(VENV) ## Set up the Python environment and fetch or build the engines
	@$(BIN)/telecom fetch --kubernetes
doctor: ## Check that this machine has what is needed, before anything is installed
	@$(DOCTOR)

##@ Develop
.PHONY: check lint unit fuzz test gen golden format bench images install-manifest kind-up kind-down
check: $(VENV) ## Lint, types, import rules, generated files, unit tests and goldens: a minute, no engine
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint unit
lint: $(VENV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/sqlfluff lint --quiet dbt_project
	$(BIN)/python -m operators.telecom_pipeline.generate --check
	$(BIN)/python -m telecom.cli.reference --check
	$(BIN)/pytest -q tests/golden
unit: $(VENV)
	$(BIN)/pytest -q -p no:syrupy --numprocesses 2 --dist loadfile -m "not engine" --ignore tests/golden tests
fuzz: $(VENV) ## Look for examples that break the properties of the pure core, other ones each time: some minutes
	$(BIN)/pytest -q -p no:syrupy --numprocesses 2 --hypothesis-profile fuzz -m "hypothesis and not engine" --ignore tests/golden tests
test: check ## Everything: `make check`, then the tests with real engines, in two lanes; STRICT=1: no second try
	$(BIN)/telecom doctor
	$(BIN)/telecom fetch --kubernetes
	rm -f .pytest_cache/v/cache/lastfailed
	$(BIN)/pytest -p no:syrupy -m engine --numprocesses 2 --dist loadgroup tests$(if $(filter-out 0,$(STRICT)),, || { [ $$? = 1 ] && echo "Once more, alone:" && \
	  $(BIN)/pytest -p no:syrupy -m engine --last-failed --last-failed-no-failures none --second-try tests; })
images: $(VENV) ## Pack the images into build/images, as root, without a container engine
	$(BIN)/python -m images.build build/images
install-manifest: $(VENV) ## Write manifests/install.yaml from the operator's chart
	$(BIN)/python -m charts.tools.install_manifest
kind-up: $(VENV) ## kind cluster with all operators, platform, Trino and SAMPLE, and wait until it is Ready
	@charts/tools/kind_up.sh $(SAMPLE)
kind-down: ## Delete the kind cluster
	kind delete cluster --name telecom
gen: $(VENV) ## Write the generated files: CRD, references, samples, event schemas
	$(BIN)/python -m operators.telecom_pipeline.generate
	$(BIN)/python -m telecom.cli.reference
golden: $(VENV) ## Accept the rendered manifests as the new goldens; review the diff
	$(BIN)/pytest -q tests/golden --snapshot-update
format: $(VENV) ## Format and fix what can be fixed
	$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/sqlfluff fix --quiet dbt_project
bench: $(VENV) ## Run benchmarks/NAME and write its result.json
	$(BIN)/python -m benchmarks.$(or $(NAME),$(error say which: make bench NAME=kafka_to_bronze)).run

$(UV):
	@python=$$($(INTERPRETER)); echo "Setting up uv $(UV_VERSION) in $(CACHE) …"; \
	  "$$python" -m venv "$(UV_FOLDER)"
	@"$(UV_FOLDER)/bin/python" -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV): pyproject.toml uv.lock | $(UV)
	@echo "Setting up the Python environment in .venv …"
	@python=$$($(INTERPRETER)); "$(UV_FOLDER)/bin/uv" sync --quiet --frozen --all-extras --compile-bytecode --python "$$python"
	@touch $@
