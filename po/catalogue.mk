# Catalogues of messages: po/<language>.po → build/<flavour>/locale/<language>/LC_MESSAGES/.
#
#     make catalogues      what "make" builds, too
#     make po              the .po files take up new and changed messages; then translate them
#
# err_set and its like translate their format by themselves (src/base/i18n.h), so xgettext is told
# which of their arguments that is.  Program and wrapper share a catalogue; what is said in shell
# (scripts/arm/words.sh) is joined to what is said in C, and stands alone in messages-shell.pot, too.

LANGUAGES := $(basename $(notdir $(wildcard po/*.po)))
CATALOGUES := $(LANGUAGES:%=$(B)/locale/%/LC_MESSAGES/task-server.mo)
# Static functions of one file, which translate what they are given: in handlers.c, data.c,
# config_parse.c, db.c, entry_parse.c, and in words.c and zone_tzif.c.
OWN_CALLS := explain:3 fail_here:2 fault:3 set_connection_error:3 complain:3 refuse:2
XGETTEXT := xgettext --from-code=UTF-8 --language=C --sort-by-file --add-comments=TRANSLATORS \
	--package-name=task-server --no-location --keyword=C_:1c,2 \
	$(foreach call,_:1 N_:1 i18n:1 err_set:3 err_set_errno:2 err_set_access:2 err_set_shortage:2 err_wrap:2 \
	log_msg:2 visit_log:4 table_cellf:3 checkup_add:4 why_add:4 cronnotes_add:2 setting_refuse:3 \
	setting_warn:3 $(OWN_CALLS),--keyword=$(call))

SPEAKING_SCRIPTS := scripts/task_server $(wildcard scripts/arm/*.sh)
XGETTEXT_SHELL := xgettext --from-code=UTF-8 --language=Shell --sort-by-file \
	--package-name=task-server --no-location --keyword \
	$(foreach call,tell:1 complain:1 fail:2 usage:1 trouble:1 settings_fail:2,--keyword=$(call))

XGETTEXT_PERL := xgettext --from-code=UTF-8 --language=Perl --sort-by-file \
	--package-name=task-server --no-location --keyword --keyword=text:1

catalogues: $(CATALOGUES)

$(B)/locale/%/LC_MESSAGES/task-server.mo: po/%.po
	@mkdir -p $(@D)
	@echo 'MO $<'
	$(Q)msgfmt --check -o $@ $<

$(B)/messages.pot: $(SRC) src/main.c src/core/released_table.h $(SPEAKING_SCRIPTS) scripts/perl/page-module
	@mkdir -p $(@D)
	$(Q)$(XGETTEXT) -o $@ $(filter src/%,$^)
	$(Q)$(XGETTEXT_SHELL) --join-existing -o $@ $(SPEAKING_SCRIPTS)
	$(Q)$(XGETTEXT_PERL) --join-existing -o $@ scripts/perl/page-module

$(B)/messages-shell.pot: $(SPEAKING_SCRIPTS)
	@mkdir -p $(@D)
	$(Q)$(XGETTEXT_SHELL) -o $@ $^

po: $(B)/messages.pot
	set -e; for language in $(LANGUAGES); do \
		msgmerge --quiet --update --backup=none --no-fuzzy-matching --sort-by-file \
			po/$$language.po $<; done

install-catalogues: catalogues
	set -e; for language in $(LANGUAGES); do \
		install -d $(DESTDIR)$(LOCALE_DIR)/$$language/LC_MESSAGES; \
		install -m 0644 $(B)/locale/$$language/LC_MESSAGES/task-server.mo \
			$(DESTDIR)$(LOCALE_DIR)/$$language/LC_MESSAGES; done

.PHONY: catalogues po install-catalogues
