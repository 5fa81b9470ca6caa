# Two commands matter: `make run` starts Probity with the demo company, `make test` is what CI runs.
SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)
# Public data for some tests; where the folder is, every file they name has to be in it.
export PROBITY_SHARED ?= $(wildcard $(abspath ../shared))

.PHONY: run test setup web lint rust e2e bench bench-short bench-large bench-run e2e-run quality openapi faults fuzz

run: web ## the demo company on http://127.0.0.1:8080
	scripts/setup run
	PROBITY_WEB_STAMP=$$(stat -c %Y web/dist/index.html 2>/dev/null) cargo build --release --bin probity
	$(TARGET)/release/probity serve --demo

test: ## everything CI checks, on SQLite and PostgreSQL, and in a browser
	scripts/setup test
	$(MAKE) web
	cd web && npm run --silent check && npm test --silent
	scripts/with-postgres scripts/rust-tests
	$(MAKE) bench-short
	$(MAKE) e2e

setup: ## installs what the tests need (Debian packages by name)
	scripts/setup test

web: ## the pages, from the lock file
	scripts/web-build

rust: ## the Rust tests alone
	scripts/with-postgres scripts/rust-tests

e2e: ## the story in a browser against a server of its own
	cargo build --bin probity
	scripts/with-postgres $(MAKE) e2e-run

e2e-run:
	cd web && PROBITY_BIN=$(abspath $(TARGET))/debug/probity npm run --silent e2e

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

openapi: ## docs/openapi.json and the web's types from it
	cargo run --quiet --bin probity -- openapi > docs/openapi.json
	cd web && npm run --silent api

bench: ## figures as ratios against a reference in the same run, kept in docs/benchmarks.md
	scripts/with-postgres $(MAKE) bench-run ARGS="--write $(abspath docs/benchmarks.md) $(ARGS)"

bench-short: ## a few rounds with the binaries of the tests; fails when a ratio falls or something grows faster
	cargo build --quiet --bin probity --example bench --example speed
	scripts/with-postgres $(TARGET)/debug/examples/bench --short $(ARGS)

bench-large: ## also ten million records: hours, and a large disk
	scripts/with-postgres $(MAKE) bench-run ARGS="--large --write $(abspath docs/benchmarks.md) $(ARGS)"

bench-run: web
	cargo build --release --quiet -p probity-lexicon --example speed
	cargo build --release --quiet -p probity-package --bin probity-verify
	PROBITY_WEB_STAMP=$$(stat -c %Y web/dist/index.html 2>/dev/null) cargo build --release --quiet -p probity-server --bin probity --example bench
	$(TARGET)/release/examples/bench $(ARGS)

PEOPLE ?= 200
MONTHS ?= 6
# Seeds nobody chose; name them to see the same companies again: make quality SEEDS="101 202"
SEEDS := $(or $(SEEDS),$(shell shuf -i 1-999999999 -n 3))
comma := ,
space := $(subst ,, )

quality: ## what the reader finds of disguised words, and what becomes of a whole company whose truth is known
	cargo run --release --quiet -p probity-lexicon --example quality
	PROBITY_QUALITY=$(subst $(space),$(comma),$(strip $(foreach seed,$(SEEDS),$(PEOPLE)x$(MONTHS)x$(seed)))) \
	  cargo test --release --quiet -p probity-server --test story -- truth --nocapture

faults: web ## each fault for real, many rounds; prints a table
	scripts/setup test
	cargo build --bin probity
	scripts/faults
	cd web && PROBITY_BIN=$(abspath $(TARGET))/debug/probity node --import tsx --test e2e/hostile.test.ts

fuzz: ## every parser for FUZZ_SECONDS each
	scripts/fuzz
