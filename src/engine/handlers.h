/* handlers.h: which way a job goes, and why.
 *
 *     struct handler_choice choice = handlers_choose(&site, package);
 *     choice.kind, choice.native       who does it
 *     choice.why                       the reason in words: "as Perl: modules/override/… exists"
 *
 * First the administrator's commands, then the native jobs, then kivitendo's Perl classes.  Which
 * of the native jobs are left to Perl is native_jobs' to say:
 *
 *     on       none of them
 *     off      all of them
 *     a list   those that are not in it
 *     auto     those whose class in the installation may do something else than ours: one in
 *              modules/override, one that is none of the released texts (core/released.h), that
 * cannot be read, or whose release is known to differ; and the jobs that follow kivitendo's
 *              releases (SetNumberRange, SetClosedTo, CloseQuotations), where Perl can run them
 *
 * Perl can run a class where the program of `perl` is executable, our bridge is there, and
 * SL/BackgroundJob/Base.pm and the class itself are in the installation.  Whether Perl finds all
 * the modules that these want, only Perl can tell. A class that the installation does not have at
 * all is no reason against the native job.
 *
 * Reads files of the installation, and none that the answer does not depend on.
 * Source: design.md "Jobs: three kinds, one contract".
 */
#ifndef ENGINE_HANDLERS_H
#define ENGINE_HANDLERS_H

#include "base/attr.h"
#include "engine/board.h"
#include "engine/site.h"
#include "jobs/handler.h"

enum { HANDLERS_WHY_MAX = 2048 };

struct handler_choice {
    int kind; /* BOARD_NATIVE, BOARD_COMMAND or BOARD_PERL */
    /* For BOARD_NATIVE; NULL: nobody knows this package, and `why` is the job's failure. */
    const struct handler *native;
    /* To be put behind "runs": "natively: …", "as a command: …", "as Perl: …". */
    char why[HANDLERS_WHY_MAX];
};

/* package may be NULL, or any text. */
struct handler_choice handlers_choose(const struct site *site, const char *package) MUST_USE;

/* Can the program of a package of this kind be started, as far as can be seen without starting it?
 * For Perl that is our bridge; what Perl itself lacks engine/checkup finds out. */
bool handlers_can_start(const struct site *site, int kind, const char *package,
                        struct err *err) MUST_USE;

#endif
