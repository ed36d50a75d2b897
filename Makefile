.PHONY: setup build debug unit system test demo look bench bench-own lint format reference manual install deb clean
.NOTPARALLEL:

RELEASE = .build/release
MANUAL = .build/manual
PREFIX = /usr
UNITS = $(PREFIX)/lib/systemd/system

# Debian's packages and the toolchain's version; does nothing where all is there.
setup:
	@.ci/setup

# The programs as they are shipped.
build: setup
	@.ci/leg "release build" swift build -c release --static-swift-stdlib

debug: setup
	@.ci/leg "debug build" swift build --build-tests --explicit-target-dependency-import-check error

unit: debug
	@# Once a run stood still beside other work, in a test of connections or of the courier's days; a run that does not
	@# end is begun again once, one that fails is not.
	@.ci/leg "unit tests" sh -c 'timeout -k 5 600 swift test --skip-build --disable-xctest; r=$$?; \
		if [ $$r = 124 ] || [ $$r = 137 ]; then exec timeout -k 5 900 swift test --skip-build --disable-xctest; fi; exit $$r'

# Scenarios against the built programs; `make system ONLY=frames` runs some.
system: build $(RELEASE)/generate-manual
	@.ci/setup package
	@.ci/leg "system tests" python3 Tests/System/run.py --programs $(RELEASE) --only "$(ONLY)"

test: unit system

demo: build
	@python3 Tests/System/demo.py --programs $(RELEASE)

# A report of a made-up quarter in a real browser; page and screenshots are in .build/look, to be looked at.
look: build
	@.ci/setup look
	@python3 Tests/System/look.py --programs $(RELEASE) .build/look

# Figures on a quiet machine; BENCH='--write Benchmarks/README.md' keeps them.
bench: build
	@.ci/setup bench
	@python3 Benchmarks/bench.py --programs $(RELEASE) $(BENCH)

# Under a minute, without peers, so that the benchmark cannot rot; fails for a wrong answer or a missing figure only.
bench-own: build
	@timeout -k 5 300 python3 Benchmarks/bench.py --programs $(RELEASE) --own

lint:
	swift format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift

format:
	swift format --in-place --recursive --parallel Sources Tests Benchmarks Package.swift

# The pages of proto-docs that are made from the sources; a unit test compares them.
reference: debug
	@MUSTER_WRITE_REFERENCE=1 swift test --skip-build --disable-xctest --filter ReferencePagesTests

# The argument parser's own program that makes a manual page of another program.
$(RELEASE)/generate-manual: Package.swift
	@.ci/leg "manual tool" swift build -c release --static-swift-stdlib --product generate-manual
	@touch $@

manual: build $(RELEASE)/generate-manual
	@.ci/setup package
	@systemd/man/pages.py $(RELEASE) $(MANUAL)

# Copies what `make build manual` made: `sudo make install`, or with DESTDIR= for a package.
install:
	@test -x $(RELEASE)/musterd && test -e $(MANUAL)/muster.1 || { echo "install: first run make build manual" >&2; exit 1; }
	@systemd/install $(RELEASE) $(MANUAL) "$(DESTDIR)" $(PREFIX) $(UNITS)

deb: build $(RELEASE)/generate-manual
	@.ci/setup package
	@.ci/leg "package" systemd/debian/build $(RELEASE) .build/deb

clean:
	rm -rf .build
