# make fuzz: the parsers of what others write, under clang's libFuzzer with sanitizers.
#
#   make fuzz FUZZ_SECONDS=600 FUZZERS=zone_fuzz
#
# Each tests/fuzz/<name>_fuzz.c gets a program of its own.  It starts from the samples in FUZZ_SEEDS_<name>
# and keeps what it finds in build/fuzz/corpus/<name>; a crash is left in build/fuzz/<name>-crash-*,
# libFuzzer's own words in build/fuzz/<name>.log.

FUZZ_SECONDS ?= 20
FUZZ_MAX_BYTES ?= 4096
FUZZERS ?= $(sort $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*_fuzz.c)))

FUZZ_SEEDS_cronspec_fuzz := tests/fuzz/specs
FUZZ_SEEDS_journal_fuzz := tests/fuzz/entries
FUZZ_SEEDS_mime_fuzz := tests/fuzz/mails
FUZZ_SEEDS_zone_fuzz := $(wildcard $(addprefix /usr/share/zoneinfo/,Australia Pacific))

CFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -DTASK_SERVER_ASAN
LDFLAGS_fuzz := -fsanitize=fuzzer,address,undefined

fuzz:
	$(MAKE) CC=clang FLAVOUR=fuzz fuzz-run

fuzz-run: $(FUZZERS:%=fuzz-run-%)

fuzz-run-%: $(B)/tests/fuzz/%
	@mkdir -p build/fuzz/corpus/$*
	@if $< -max_total_time=$(FUZZ_SECONDS) -max_len=$(FUZZ_MAX_BYTES) -timeout=5 -verbosity=0 \
		-artifact_prefix=build/fuzz/$*- build/fuzz/corpus/$* $(FUZZ_SEEDS_$*) >build/fuzz/$*.log 2>&1; \
	then echo 'ok - $*: nothing found in $(FUZZ_SECONDS) s'; \
	else cat build/fuzz/$*.log; echo 'not ok - $*'; exit 1; fi

.PHONY: fuzz fuzz-run
