# kivitendo's background jobs, one short run at a time.
#
#   make                 build build/task-server
#   make check           the fast tests (under a minute)
#   make check-long      the kill tests a hundred times over, the fuzzers longer
#   make bench           speed and memory, as ratios side by side
#   make coverage        line coverage of src/ by all tests
#   make install         DESTDIR= PREFIX=/usr/local
#   make lint            floors, cppcheck, shellcheck, formatting
#   make clean
#
# FLAVOUR=asan builds everything again under AddressSanitizer and UBSan, FLAVOUR=cov with gcov's
# counters, FLAVOUR=steps with the steps at which tests kill (src/base/step.h), each in its own
# directory: build/<flavour>/.  V=1 shows the commands.

FLAVOUR ?= release
Q := $(if $(V),,@)
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION := $(shell cat VERSION)

B := build/$(FLAVOUR)
PKGS := libpq inih yaml-0.1 libcrypto

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wformat=2 -Wvla -Wundef -Wswitch-enum -Werror
PERL_DIR := $(PREFIX)/share/task-server/perl
LOCALE_DIR := $(PREFIX)/share/locale
CPPFLAGS := -D_GNU_SOURCE -Isrc -DTASK_SERVER_PERL_DIR='"$(PERL_DIR)"' -DTASK_SERVER_LOCALE_DIR='"$(LOCALE_DIR)"' \
	-DTASK_SERVER_VERSION='"$(VERSION)"' \
	$(shell pkg-config --cflags $(PKGS) | sed 's/-I/-isystem /g')
CFLAGS ?= -O2 -g
CFLAGS_release := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LDFLAGS_release := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
CFLAGS_steps := $(CFLAGS_release) -DTASK_SERVER_STEPS
LDFLAGS_steps := $(LDFLAGS_release)
CFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
	-DTASK_SERVER_ASAN
LDFLAGS_asan := -fsanitize=address,undefined
CFLAGS_cov := -O0 --coverage -fprofile-update=atomic -DTASK_SERVER_COVERAGE
LDFLAGS_cov := --coverage
ALL_CFLAGS = -std=c11 $(CFLAGS) $(WARN) $(CFLAGS_$(FLAVOUR)) -MMD -MP
LDLIBS := $(shell pkg-config --libs $(PKGS))

SRC := $(sort $(wildcard src/*/*.c))
OBJ := $(SRC:src/%.c=$(B)/%.o)
TEST_SRC := $(sort $(wildcard tests/unit/*_test.c))
TESTS := $(TEST_SRC:tests/unit/%.c=$(B)/unit/%)

all: $(B)/task-server catalogues

$(B)/task-server: $(B)/main.o $(B)/libtask.a
	@echo 'LD $@'
	$(Q)$(CC) $(LDFLAGS_$(FLAVOUR)) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/libtask.a: $(OBJ)
	@rm -f $@
	@echo 'AR $@'
	$(Q)$(AR) rcs $@ $^

$(B)/%.o: src/%.c
	@mkdir -p $(@D)
	@echo 'CC $<'
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(B)/unit/%: tests/unit/%.c $(B)/libtask.a
	@mkdir -p $(@D)
	@echo 'CC $<'
	$(Q)$(CC) $(CPPFLAGS) -Itests/unit $(ALL_CFLAGS) $(LDFLAGS_$(FLAVOUR)) $(LDFLAGS) -o $@ $< $(B)/libtask.a $(LDLIBS) -lcmocka

unit: $(TESTS)

$(B)/main.o $(B)/cmd/version.o: VERSION

# The program knows where its Perl half is installed: another PREFIX, another program.
$(B)/engine/site.o $(B)/main.o: $(B)/perl_dir
$(B)/perl_dir: FORCE
	@mkdir -p $(@D)
	@echo '$(PERL_DIR)' | cmp -s - $@ || echo '$(PERL_DIR)' >$@
FORCE:

clean:
	rm -rf build

include po/catalogue.mk
-include tests/tests.mk
-include $(OBJ:.o=.d) $(B)/main.d $(TESTS:=.d)

.PHONY: all unit clean FORCE
.SECONDARY:
