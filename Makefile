# maildrill: `make help` lists the targets.

BIN      := bin/maildrill
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO       ?= go
PACKAGES ?= ./...
ENGINE   := $(shell docker version --format '{{.Server.Version}}' 2>/dev/null)
SUITE    ?= smoke
TRIALS   ?= 1
JOBS     ?= auto

.DEFAULT_GOAL := help
.PHONY: help build images drill smoke action calibrate test test-unit test-docker proven nightly night-faults night-pairs night-reversal night-library lint bench race race-scan unpack-postfix unpack-isync needs tools clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: $(BIN) ## build bin/maildrill, one static file

$(BIN): FORCE
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $@ ./cmd/maildrill

FORCE:

images: build needs ## make the images of all servers afresh, or of KINDS: ten minutes
ifdef ENGINE
	$(BIN) images build $(KINDS)
else
	@echo "SKIPPED: the images, because no Docker engine answers"
endif

drill: build needs ## a first drill: real servers if an engine answers, else SIMULATED
ifdef ENGINE
	@echo "Docker engine $(ENGINE) answers: a drill on real Postfix and Dovecot"
	$(BIN) run backup-mx-takes-over
else
	@echo "no Docker engine answers: a SIMULATED drill in the embedded runtime"
	$(BIN) run backup-mx-takes-over --runtime embedded
endif

# Below 5 minutes on 2 CPUs once the server images are there; the summary tells
# what the images took.
smoke: build needs ## the smoke suite on real servers: some minutes (TRIALS=n repeats, JOBS=1 one by one)
	$(BIN) run --suite $(SUITE) --trials $(TRIALS) --jobs $(JOBS)

# The first call makes the archive of the images, the second reads it.
ACTION := MAILDRILL_PROGRAM=$(BIN) MAILDRILL_OUT=bin/action MAILDRILL_SCENARIOS=.github/actions/drill/drills \
          MAILDRILL_RUNTIME=$(if $(ENGINE),docker,embedded) sh .github/actions/drill/drill.sh

action: build needs ## the steps of the CI Action as plain shell: two small drills
	@rm -rf bin/action
	$(ACTION) prepare images
	$(ACTION)

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

# `make lint` vets all, tests among it, with more rules than the tests' own vet.
test-unit: tools ## pure and embedded tests, with the race detector
	$(GO) test -vet=off -race -shuffle=on -timeout 30m $$($(GO) list $(PACKAGES) | grep -vxF $(PLAYED:%=-e %))
	$(GO) test -vet=off -race -shuffle=on -timeout 30m -p 1 $(PLAYED)
	cd reports/openmetrics/prometheus && $(GO) test -count=1 ./... # its files are outside of it
	@[ "$$(id -u)" = 0 ] || echo "SKIPPED: the tests of namespaces, of other processes and of devices, because they take root"

# One round of the reversals; `make nightly` plays twenty.
test-docker: build needs ## tests on real containers alone
	MAILDRILL_TEST_DOCKER=1 $(GO) test -vet=off -count=1 -p 1 -timeout 30m ./harness/docker/...
	MAILDRILL_TEST_DOCKER=1 MAILDRILL_BINARY=$(CURDIR)/$(BIN) $(GO) test -vet=off -count=1 -timeout 45m -run Docker ./cmd/maildrill
	@{ [ "$$(id -u)" = 0 ] && command -v dockerd >/dev/null; } || echo "SKIPPED: 1 test, the engine that is killed under a drill, because it takes root and a dockerd to start"

# The conformance suite of the faults on real servers writes a line for each
# try into this file. A test that fails must not keep the others' lines away.
PROVEN := $(CURDIR)/bin/proven.jsonl
PROVES  = MAILDRILL_PROVEN=$(PROVEN) MAILDRILL_TEST_DOCKER=1 $(GO) test -count=1 -p 1 -timeout 6h
FULL ?=

proven: build needs ## prove each fault on real servers, and write faults/proven.json (FULL=1: the whole suite)
	@rm -f $(PROVEN)
	-MAILDRILL_TEST_FULL=$(FULL) $(PROVES) -run 'OnRealServers|OnARealServer|ASiteGoesDown|ABackendThatIsDead' -skip 'Pairs|Traces' ./harness/docker
	$(GO) run ./faults/faulttest/tally -merge faults/proven.json $(PROVEN)

# Parts of the night go on where others fail; the end tells of all.
ROUNDS ?= 20
NIGHTLY ?= 5

nightly: build needs ## hours: the whole suite of every fault, pairs, reversals (ROUNDS=20), the library (NIGHTLY=5 trials)
	@rm -f $(PROVEN)
	@$(MAKE) --no-print-directory -k -j1 night-faults night-pairs night-reversal night-library; code=$$?; \
	$(GO) run ./faults/faulttest/tally $(PROVEN) || code=1; exit $$code

night-faults:
	MAILDRILL_TEST_FULL=1 $(PROVES) -run 'OnRealServers|OnARealServer|ASiteGoesDown|ABackendThatIsDead' -skip Pairs ./harness/docker

night-pairs:
	MAILDRILL_TEST_FULL=1 $(PROVES) -run PairsOnRealServers ./harness/docker

# Each round puts the faults at other positions of the journal.
night-reversal:
	for round in $$(seq 0 $$(($(ROUNDS) - 1))); do MAILDRILL_TEST_ROUND=$$round MAILDRILL_TEST_DOCKER=1 MAILDRILL_BINARY=$(CURDIR)/$(BIN) \
	  $(GO) test -count=1 -timeout 30m -run TestReversalDocker ./cmd/maildrill || exit 1; done

night-library:
	$(BIN) run --suite nightly --trials $(NIGHTLY) --jobs $(JOBS)

lint: ## gofmt, vet, staticcheck, and govulncheck where its database is reachable
	@test -z "$$(gofmt -l cmd faults harness reports scenarios)" || { gofmt -l cmd faults harness reports scenarios; echo "run gofmt"; exit 1; }
	$(GO) vet $(PACKAGES)
	$(GO) tool staticcheck $(PACKAGES)
	cd reports/openmetrics/prometheus && $(GO) vet ./...
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

# Tests look at what they test with other people's tools: program:package of Debian.
TOOLS := ip:iproute2 tc:iproute2 nft:nftables chromium:chromium pdftotext:poppler-utils xmllint:libxml2-utils \
         shellcheck:shellcheck openssl:openssl ssh-keygen:openssh-client python3:python3 git:git unzip:unzip

tools:
	@lacking=$$(for t in $(TOOLS); do command -v $${t%:*} >/dev/null || echo $${t#*:}; done | sort -u); [ -z "$$lacking" ] \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	  && apt-get install -y -qq --no-install-recommends fonts-dejavu-core $$lacking >/dev/null; } \
	  || echo "SKIPPED: the tests that take" $$lacking "(as root, those of packet rules fail)"

clean: ## remove bin/ and what killed runs left behind
	@if [ -x $(BIN) ]; then $(BIN) cleanup; fi
	rm -rf bin
