# Catalogues of messages: po/<language>.po → build/<flavour>/locale/<language>/LC_MESSAGES/.
#
#     make catalogues      what "make" builds, too
#     make po              the .po files take up new and changed messages; then translate them
#
# err_set and its like translate their format by themselves (src/base/i18n.h), so xgettext is told
# which of their arguments that is.

LANGUAGES := $(basename $(notdir $(wildcard po/*.po)))
CATALOGUES := $(LANGUAGES:%=$(B)/locale/%/LC_MESSAGES/task-server.mo)
XGETTEXT := xgettext --from-code=UTF-8 --language=C --sort-by-file --add-comments=TRANSLATORS \
	--package-name=task-server --no-location \
	$(foreach call,_:1 N_:1 i18n:1 err_set:3 err_set_errno:2 err_set_access:2 err_wrap:2 \
	log_msg:2 visit_log:4 table_cellf:3,--keyword=$(call))

catalogues: $(CATALOGUES)

$(B)/locale/%/LC_MESSAGES/task-server.mo: po/%.po
	@mkdir -p $(@D)
	@echo 'MO $<'
	$(Q)msgfmt --check -o $@ $<

$(B)/messages.pot: $(SRC) src/main.c
	@mkdir -p $(@D)
	$(Q)$(XGETTEXT) -o $@ $^

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
