# The targets that judge: included by the Makefile.  Each works by itself; what must be installed
# stands in scripts/lib/packages.sh.

check: all unit
	tests/run --fast --jobs 3 --flavour $(FLAVOUR)

check-long: all unit
	$(MAKE) FLAVOUR=steps all
	tests/run --flavour $(FLAVOUR) --long
	tests/reference/cron-reference
	tests/reference/template-reference
	tests/reference/mime-reference

lint:
	scripts/lint

# Every source file through clang's eyes, with the same warnings and no output.
clang-syntax:
	@set -e; for file in $(SRC) $(wildcard src/main.c) $(TEST_SRC) \
		$(wildcard tests/bench/*.c); do \
		clang -fsyntax-only -std=c11 $(CPPFLAGS) -Itests/unit $(WARN) $$file; done

# Line coverage of src/ by unit and functional tests together.
coverage:
	tests/coverage

# Speed and memory, beside other programs that do the same.
BENCH := $(patsubst tests/bench/%.c,$(B)/tests/bench/%,$(wildcard tests/bench/*.c))

bench: all $(BENCH)
	tests/bench/run --flavour $(FLAVOUR)
	tests/bench/perl --flavour $(FLAVOUR)

# Programs for tests that are no unit tests: build/<flavour>/tests/<folder>/<name>.
$(B)/tests/%: tests/%.c $(B)/libtask.a
	@mkdir -p $(@D)
	@echo 'CC $<'
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS_$(FLAVOUR)) $(LDFLAGS) -o $@ $< $(B)/libtask.a $(LDLIBS)

-include $(wildcard tests/*/*.mk)

MAN_DIR := $(PREFIX)/share/man
COMPLETION_DIR := $(PREFIX)/share/bash-completion/completions
ARM_DIR := $(PREFIX)/share/task-server/arm
SYSTEMD_DIR := $(PREFIX)/share/task-server/systemd
SYSTEM_V_DIR := $(PREFIX)/share/task-server/system-v
UPSTART_DIR := $(PREFIX)/share/task-server/upstart
TEMPLATE_DIR := $(PREFIX)/share/task-server/templates

install: all install-catalogues
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(ARM_DIR) \
		$(DESTDIR)$(SYSTEMD_DIR) $(DESTDIR)$(SYSTEM_V_DIR) $(DESTDIR)$(UPSTART_DIR) \
		$(DESTDIR)$(PREFIX)/share/doc/kivitendo-task-server \
		$(DESTDIR)$(PERL_DIR)/lib/TaskServer $(DESTDIR)$(PERL_DIR)/pages \
		$(DESTDIR)$(TEMPLATE_DIR)
	install -m 0755 scripts/perl/bridge scripts/perl/stub-job scripts/perl/page-module $(DESTDIR)$(PERL_DIR)
	sed "s|^our .prefix = .*|our \$$prefix = '$(PREFIX)';|" scripts/perl/pages/TaskServer.pm \
		>$(DESTDIR)$(PERL_DIR)/pages/TaskServer.pm
	chmod 0644 $(DESTDIR)$(PERL_DIR)/pages/TaskServer.pm
	install -m 0644 scripts/perl/lib/TaskServer/*.pm $(DESTDIR)$(PERL_DIR)/lib/TaskServer
	install -m 0644 scripts/templates/*.txt $(DESTDIR)$(TEMPLATE_DIR)
	sed 's|/usr/local/sbin|$(PREFIX)/sbin|' scripts/boot/system-v/kivitendo-jobs \
		>$(DESTDIR)$(SYSTEM_V_DIR)/kivitendo-jobs
	chmod 0755 $(DESTDIR)$(SYSTEM_V_DIR)/kivitendo-jobs
	sed 's|/usr/local/sbin|$(PREFIX)/sbin|' scripts/boot/upstart/kivitendo-jobs.conf \
		>$(DESTDIR)$(UPSTART_DIR)/kivitendo-jobs.conf
	install -m 0755 scripts/task_server $(DESTDIR)$(PREFIX)/sbin/task_server
	install -m 0644 scripts/arm/*.sh $(DESTDIR)$(ARM_DIR)
	install -m 0644 $(wildcard scripts/boot/systemd/*.*) $(DESTDIR)$(SYSTEMD_DIR)
	sed -i 's|/usr/local/bin/|$(PREFIX)/bin/|; s|/usr/local/share/|$(PREFIX)/share/|' \
		$(DESTDIR)$(SYSTEMD_DIR)/*.service
	install -m 0755 $(B)/task-server $(DESTDIR)$(PREFIX)/bin/task-server
	install -d $(DESTDIR)$(TEMPLATE_DIR) $(DESTDIR)$(COMPLETION_DIR)
	install -m 0644 scripts/templates/*.txt $(DESTDIR)$(TEMPLATE_DIR)
	install -m 0644 scripts/completion/task-server $(DESTDIR)$(COMPLETION_DIR)/task-server
	ln -sf task-server $(DESTDIR)$(COMPLETION_DIR)/task_server
	install -d $(DESTDIR)$(MAN_DIR)/man1 $(DESTDIR)$(MAN_DIR)/man5 $(DESTDIR)$(MAN_DIR)/man8
	set -e; for page in $(wildcard doc/*.[1-8]); do \
		install -m 0644 $$page $(DESTDIR)$(MAN_DIR)/man$${page##*.}; done
	install -m 0644 $(wildcard README.md ARCHITECTURE.md LICENSE config/* cron/*) \
		$(DESTDIR)$(PREFIX)/share/doc/kivitendo-task-server

# What install has put there; units that task_server has installed go with "task_server uninstall".
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/task-server $(DESTDIR)$(PREFIX)/sbin/task_server
	rm -f $(patsubst doc/%,$(DESTDIR)$(MAN_DIR)/man?/%,$(wildcard doc/*.[1-8]))
	rm -f $(DESTDIR)$(COMPLETION_DIR)/task-server $(DESTDIR)$(COMPLETION_DIR)/task_server
	rm -f $(LANGUAGES:%=$(DESTDIR)$(LOCALE_DIR)/%/LC_MESSAGES/task-server.mo)
	rm -rf $(DESTDIR)$(PREFIX)/share/task-server $(DESTDIR)$(PREFIX)/share/doc/kivitendo-task-server

.PHONY: uninstall check check-long lint clang-syntax coverage bench install
