# Everything one can do with this checkout: `make help`. The work is done by meson and ninja (C), vite (web app) and the scripts in tools/.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run dev build server web test bench bench-quick lint format seed fuzz clean

DATA ?= ./data
PORT ?= 2283
ASSETS ?= 100000
# Node from build/node where tools/setup put one there.
export PATH := $(CURDIR)/build/node/bin:$(PATH)
export npm_config_update_notifier := false
stamp := build/stamp
# -rR and so on are not for ninja and npm.
MAKEFLAGS += --no-builtin-rules --no-print-directory

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## install what is missing, build, start on port 2283 with data in ./data (PORT=… DATA=…)
	@exec build/calotype serve --data $(DATA) --port $(PORT)

dev: build $(stamp)/web-packages ## like run, with a web app that reloads by itself on port 5173
	@tools/dev $(DATA) $(PORT)

build: server web ## build/calotype and build/web

test: build $(stamp)/setup-test $(stamp)/test-packages ## every test, on both engines; SUITES="unit api-sqlite …" for some of them
	@tools/test $(SUITES)

lint: build $(stamp)/setup-test $(stamp)/test-packages ## style, floors, types, static analysis
	@tools/lint

bench: build $(stamp)/setup-test $(stamp)/test-packages ## figures beside their limits, in a quarter of an hour
	@ninja -C build/release --quiet bench/seed bench/ask
	@bench/run

bench-quick: build $(stamp)/setup-test $(stamp)/test-packages ## the same with small numbers, in two minutes
	@ninja -C build/release --quiet bench/seed bench/ask
	@bench/run --quick

seed: server ## fill a fresh library for measuring: DATA=… ASSETS=100000 (SQLite in DATA, or PostgreSQL by DB_URL); the server must be stopped
	@ninja -C build/release --quiet bench/seed
	@build/release/bench/seed --data $(DATA) --assets $(ASSETS)

fuzz: $(stamp)/setup-test ## each parser against random bytes, for FOR=30 seconds each
	@tools/fuzz $(FOR)

format: ## put all C code into the project's style
	@clang-format -i $$(git ls-files -co --exclude-standard 'src/*.[ch]' 'tests/*.[ch]')

clean: ## remove everything that was built (data stays)
	rm -rf build web/node_modules tests/node_modules api/node_modules

# ---- the parts --------------------------------------------------------------------------------------------------------------------------

programs := src/app/calotype src/app/calotype-decoder
server: build/release/build.ninja
	@ninja -C build/release -n $(programs) | grep -q 'no work to do' || { echo "Building the server"; ninja -C build/release --quiet $(programs); }
	@cd build/release && ln -f $(programs) ..

build/release/build.ninja: $(stamp)/setup-build
	@test -f $@ || meson setup build/release --buildtype=debugoptimized >build/meson.log || { cat build/meson.log; exit 1; }
	@touch $@

web_files := $(shell find web -path web/node_modules -prune -o -type f ! -name contract.ts -print 2>/dev/null) api/openapi.json
web: build/web/index.html

build/web/index.html: $(stamp)/web-packages $(web_files)
	@echo "Building the web app"
	@cd web && npm run --silent build >../build/web.log 2>&1 || { cat ../build/web.log; exit 1; }
	@touch $@

# ---- what must be there first; a stamp file each, so that a second run does nothing --------------------------------------------------------

$(stamp)/setup-build $(stamp)/setup-web $(stamp)/setup-test: $(stamp)/setup-%: tools/setup tools/node.txt
	@tools/setup $*
	@mkdir -p $(stamp) && touch $@

$(stamp)/web-packages: $(stamp)/setup-web web/package-lock.json
	@echo "Installing the web app's packages into web/node_modules"
	@cd web && npm ci --loglevel=error --no-audit --no-fund >/dev/null
	@touch $@

$(stamp)/test-packages: $(stamp)/setup-web tests/package-lock.json
	@echo "Installing the tests' packages into tests/node_modules"
	@cd tests && npm ci --loglevel=error --no-audit --no-fund >/dev/null
	@touch $@
