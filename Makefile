# maildrill: `make help` lists the targets.

BIN      := bin/maildrill
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO       ?= go
PACKAGES ?= ./...
ENGINE   := $(shell docker version --format '{{.Server.Version}}' 2>/dev/null)
SUITE    ?= smoke
TRIALS   ?= 1

.DEFAULT_GOAL := help
.PHONY: help build drill smoke calibrate test test-unit test-docker lint bench race race-scan unpack-postfix unpack-isync needs clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: $(BIN) ## build bin/maildrill, one static file

$(BIN): FORCE
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $@ ./cmd/maildrill

FORCE:

drill: build needs ## a first drill: real servers if an engine answers, else SIMULATED
ifdef ENGINE
	@echo "Docker engine $(ENGINE) answers: a drill on real Postfix and Dovecot"
	$(BIN) run backup-mx-takes-over
else
	@echo "no Docker engine answers: a SIMULATED drill in the embedded runtime"
	$(BIN) run backup-mx-takes-over --runtime embedded
endif

smoke: build needs ## every scenario of the smoke suite, on real servers (TRIALS=n repeats)
	$(BIN) run --suite $(SUITE) --trials $(TRIALS)

calibrate: build ## prove the instrument against systems whose truth is known; some minutes
	$(BIN) calibrate --full

test: test-unit ## all that this machine can run; real containers if an engine answers
ifdef ENGINE
	@$(MAKE) --no-print-directory test-docker
else
	@echo "SKIPPED: the tests on real containers, because no Docker engine answers"
endif

# These play drills against the clock: nothing else may run beside them.
PLAYED := maildrill/harness maildrill/harness/calibrate maildrill/cmd/maildrill

test-unit: ## pure and embedded tests, with the race detector
	$(GO) test -race -shuffle=on $$($(GO) list $(PACKAGES) | grep -vxF $(PLAYED:%=-e %))
	$(GO) test -race -shuffle=on -p 1 $(PLAYED)

test-docker: build needs ## tests on real containers alone
	MAILDRILL_TEST_DOCKER=1 $(GO) test -count=1 -p 1 -timeout 30m ./harness/docker/...
	MAILDRILL_TEST_DOCKER=1 MAILDRILL_BINARY=$(CURDIR)/$(BIN) $(GO) test -count=1 -timeout 30m -run Docker ./cmd/maildrill

lint: ## gofmt, vet, staticcheck, and govulncheck where its database is reachable
	@test -z "$$(gofmt -l cmd faults harness reports scenarios)" || { gofmt -l cmd faults harness reports scenarios; echo "run gofmt"; exit 1; }
	$(GO) vet $(PACKAGES)
	$(GO) tool staticcheck $(PACKAGES)
	@$(GO) tool govulncheck $(PACKAGES); code=$$?; if [ $$code = 3 ]; then exit 1; \
	elif [ $$code != 0 ]; then echo "note: govulncheck could not reach its database, so nothing was checked"; fi

# Benchmarks of scale, and those on real containers: each needs the machine to itself.
ALONE := ^(BenchmarkJudgeTenMillion|BenchmarkScanBesideMbsync)$$

bench: build needs ## benchmarks: judge, driver, scanner and agents, each beside its yardstick
	$(GO) test -run '^$$' -bench . -skip '$(ALONE)' -benchmem $$($(GO) list $(PACKAGES) | grep -vxF maildrill/harness/docker)
	$(GO) test -run '^$$' -bench '^BenchmarkJudgeTenMillion$$' -benchtime 5x -timeout 30m ./harness/measure
	@$(MAKE) --no-print-directory race race-scan
ifdef ENGINE
	MAILDRILL_TEST_DOCKER=1 $(GO) test -run '^$$' -bench . -skip '$(ALONE)' -timeout 30m ./harness/docker
else
	@echo "SKIPPED: throughput with agents, because no Docker engine answers"
endif

# Postfix's load generator and sink come out of Debian's package, which is
# unpacked with the libraries that it lacks here, and not installed: no server
# starts and nothing is left on the host but bin/postfix.
POSTFIX := $(if $(wildcard /usr/sbin/smtp-source),/,$(CURDIR)/bin/postfix)

race: ## the driver and Postfix's smtp-source in turn: messages and CPU seconds
	@test -x $(POSTFIX)/usr/sbin/smtp-source || $(MAKE) --no-print-directory unpack-postfix || true
	@if test -x $(POSTFIX)/usr/sbin/smtp-source; then MAILDRILL_BENCH_POSTFIX=$(POSTFIX) \
	  $(GO) test -v -count=1 -timeout 30m -run '^TestRaceAgainstSMTPSource$$' ./harness/workload; \
	else echo "SKIPPED: the comparison with smtp-source: it takes Debian's postfix package (as root: make unpack-postfix)"; fi

race-scan: needs ## the scanner and Debian's mbsync in turn on a mailbox of Dovecot's; some minutes
ifdef ENGINE
	@test -x bin/isync/usr/bin/mbsync || $(MAKE) --no-print-directory unpack-isync || true
	MAILDRILL_TEST_DOCKER=1 MAILDRILL_BENCH_ISYNC=$(CURDIR)/bin/isync \
	  $(GO) test -timeout 30m -run '^$$' -bench '^BenchmarkScanBesideMbsync$$' -benchtime 1x ./harness/docker
else
	@echo "SKIPPED: the comparison with mbsync, because no Docker engine answers"
endif

unpack-postfix:
	@command -v apt-get >/dev/null && mkdir -p bin/postfix/debs/partial && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --download-only --no-install-recommends \
	    -o Dir::Cache::archives=$(CURDIR)/bin/postfix/debs -o APT::Sandbox::User=root postfix >/dev/null && \
	  for d in bin/postfix/debs/*.deb; do dpkg -x $$d bin/postfix; done

# mbsync comes the same way, with those of its libraries that a server image
# may lack: it runs in a container beside Dovecot.
unpack-isync:
	@command -v apt-get >/dev/null && mkdir -p bin/isync/debs && apt-get update -qq && cd bin/isync/debs && \
	  apt-get download -qq -o APT::Sandbox::User=root isync libdb5.3 libsasl2-2 libssl3 zlib1g >/dev/null && \
	  for d in *.deb; do dpkg -x $$d ..; done

# The base image is pulled where a registry answers, else made from Debian's
# package mirror, which takes mmdebstrap.
needs:
ifdef ENGINE
	@command -v mmdebstrap >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq mmdebstrap >/dev/null; } \
	  || echo "note: without mmdebstrap the base image must come from a registry"
endif

clean: ## remove bin/ and what killed runs left behind
	@if [ -x $(BIN) ]; then $(BIN) cleanup; fi
	rm -rf bin
