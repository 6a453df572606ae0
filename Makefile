# acrhost: `make` alone lists what there is.
SHELL := /bin/bash
GO    ?= go

PLUGIN        := plugins/dist/standard.wasm
PLUGIN_SOURCE := $(shell find plugins sdk/go -name '*.go' -not -name '*_test.go' -not -path 'sdk/go/examples/*' -not -path 'sdk/go/tck/*' 2>/dev/null)
# The SDKs and the templates of plugin new are in the binary.
SOURCE        := $(shell find cmd host sdk -type f -not -name '*_test.go' -not -name '*.wasm' -not -path '*/testdata/*' -not -path '*/target/*' -not -path '*/node_modules/*' -not -path 'host/plugin/guests/*' -not -path 'host/plugin/bench/*' -not -path 'host/bench/*' 2>/dev/null)
VERSION       := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LINTER        := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME      ?= 20s
BENCH         := host/plugin/bench
BENCH_FLAGS   ?= --json .cache/bench/bench.json
LOGINS        := host/bench
LOGIN_FLAGS   ?= --json .cache/bench-login/bench-login.json

# Tests that compile large modules, start many commands or measure, and are skipped under the race detector;
# and plugin-bench, so that the standard plugin lies in the cache as each mode has it compiled.
COMPILING     := TestLanguages|TestIdleMemory|TestExampleProjects|TestVendorPlugin|TestScripts/^(serve-dev-secrets|plugin-project|plugin-conformance|ship|ship-refuses|plugin-bench)$$

# Tests that measure times, or are made once more as they are: without the race detector.
MEASURING     := Latency|TestHammer|TestMutatedModules|TestCanariesOfEveryLanguage

# Tests of host/plugin that are skipped under the race detector: they compile large modules, or
# load a thousand one after the other.
UNRACED       := TestHugeModules|TestGoReactor|TestGoCommand|TestLoadingAndUnloadingIsFlat

# Packages that do one thing after the other, as running a toolchain and then its module, or
# computing, or logging in one after the other: nothing there can race, and it would take minutes
# under the race detector.
SEQUENTIAL    := ./sdk ./sdk/assemblyscript ./sdk/author/... ./sdk/c ./sdk/go/step ./sdk/javascript ./sdk/rust ./sdk/tck/... ./sdk/vectors/acr ./sdk/zig ./host/plugin/rewrite ./plugins/requireacr ./plugins/standard

# One way to compile for all: what is built to be shipped is what is linted and tested, and
# nothing is compiled twice, the standard library least of all.
export CGO_ENABLED := 0
export GOFLAGS     := $(strip $(filter-out -trimpath,$(shell $(GO) env GOFLAGS)) -trimpath)

# make check vets all that is tested.
TEST          := $(GO) test -vet=off

# A program with the race detector waits a second at its end for races of what still runs, and
# the tests end a thousand of them.
RACE          := CGO_ENABLED=1 GORACE=atexit_sleep_ms=20 $(TEST) -race

# A Node that is new enough for the tests, where .ci/tools found that the system's is not.
export PATH := $(CURDIR)/.cache/tools/node/node_modules/.bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run build plugins guests test tools bench footprint bench-parts bench-login bench-login-parts microbench fuzz check screenshots demo-data-reset clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build all and serve config.toml on http://localhost:8080
	@./bin/acrhost serve --config config.toml

build: bin/acrhost ## build bin/acrhost and the standard plugin

plugins: $(PLUGIN) ## build the standard plugin (Go to WebAssembly)

# The binary knows the digest of the standard plugin it was built with, and
# loads no other under that name.
bin/acrhost: $(SOURCE) $(PLUGIN) go.mod go.sum
	@echo "building $@"
	@CGO_ENABLED=0 $(GO) build -trimpath -o $@ -ldflags "-X main.version=$(VERSION) -X main.standardDigest=sha256:$$(sha256sum $(PLUGIN) | cut -d ' ' -f 1)" ./cmd/acrhost

$(PLUGIN): $(PLUGIN_SOURCE) go.mod go.sum
	@echo "building $@"
	@mkdir -p $(@D)
	@GOOS=wasip1 GOARCH=wasm $(GO) build -buildmode=c-shared -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o $@ ./plugins/standard

guests: ## build the guests that tests and the benchmark run, in five languages
	@GO="$(GO)" .ci/guests

# What is run without the race detector leaves its compiled modules in the cache that the
# tests share: under it, compiling takes minutes.
test: tools build bench-parts bench-login-parts ## install what the tests need, then run them all, all but what is sequential with the race detector
	@XDG_CACHE_HOME="$(CURDIR)/.cache" ./bin/acrhost check --config config.toml
	$(TEST) -count=1 ./host/plugin/guests ./examples/... $(SEQUENTIAL)
	$(TEST) -count=1 -run '$(COMPILING)' ./cmd/acrhost
	$(TEST) -count=1 -run '$(MEASURING)|$(UNRACED)' ./host ./host/plugin
	$(RACE) -timeout 40m $$($(GO) list ./... | grep -vxFf <($(GO) list $(SEQUENTIAL)))
	cd $(BENCH) && $(TEST) ./...
	cd $(LOGINS) && $(TEST) ./...

tools: ## install what the tests need (says what; does nothing when all is there)
	@.ci/tools

bench: bench-parts ## compare ways to run a step in one table (BENCH_FLAGS='--time 100ms')
	@.cache/bench/bench $(BENCH_FLAGS)

footprint: build ## what the shipped configuration takes: time to start, memory when idle
	$(GO) test -count=1 -run '^TestFootprint$$' -v ./cmd/acrhost

# The benchmark is a module of its own; what it runs beside the guests is built here.
bench-parts: guests plugins
	@mkdir -p .cache/bench
	@cd $(BENCH) && $(GO) build -trimpath -o ../../../.cache/bench/ . ./helper/webhook ./helper/goplugin
	@cd $(BENCH) && GOOS=wasip1 GOARCH=wasm $(GO) build -buildmode=c-shared -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o ../../../.cache/bench/extism.wasm ./helper/extism

bench-login: build ## compare whole logins with other providers (LOGIN_FLAGS='--time 1s --turns 1 --flat 0')
	@GO="$(GO)" .ci/bench-login all
	@.cache/bench-login/bench $(LOGIN_FLAGS)

# A module of its own, too, with a peer and the steps that take part.
bench-login-parts:
	@GO="$(GO)" .ci/bench-login

microbench: plugins ## run the Go benchmarks of the packages
	$(GO) test -run '^$$' -bench . -benchmem ./host/... ./plugins/... ./sdk/...

fuzz: plugins ## run each fuzz target for FUZZTIME (20s)
	@.ci/fuzz $(FUZZTIME)

check: plugins ## format, vet and lint; fails on a dirty tree
	@test -z "$$(gofmt -l cmd host plugins sdk examples)" || { echo "gofmt would change:"; gofmt -l cmd host plugins sdk examples; exit 1; }
	@# golangci-lint vets, too; it leaves out what is generated, which is vetted here.
	GOOS=wasip1 GOARCH=wasm $(GO) vet ./host/plugin/guests/go/... ./sdk/go/...
	@command -v golangci-lint >/dev/null || [ -x "$$($(GO) env GOPATH)/bin/golangci-lint" ] || { echo "installing golangci-lint"; $(GO) install $(LINTER); }
	PATH="$$PATH:$$($(GO) env GOPATH)/bin" golangci-lint run ./...
	@# The benchmark's peers may do what no package of the product may.
	cd $(BENCH) && PATH="$$PATH:$$($(GO) env GOPATH)/bin" golangci-lint run --config ../../../.golangci.yml --disable depguard ./...
	cd $(LOGINS) && PATH="$$PATH:$$($(GO) env GOPATH)/bin" golangci-lint run --config ../../.golangci.yml --disable depguard ./...
	$(GO) mod tidy -diff
	cd $(BENCH) && $(GO) mod tidy -diff
	cd $(LOGINS) && $(GO) mod tidy -diff
	git diff --exit-code

demo-data-reset: ## delete the demo's database and keys (stop the server first)
	rm -f acrhost.db acrhost.db-shm acrhost.db-wal acrhost.key

clean: ## delete what was built
	rm -rf bin plugins/dist
