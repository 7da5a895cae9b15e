/* jobform.h: would kivitendo's page save this job, and when does it run next?
 *
 *     struct jobform form = {0};
 *     jobform_check(&form, &site, &job, now_us)
 *     form.problems      what speaks against it, a line each; "": nothing
 *     form.notes         what a person should be told all the same
 *     form.next          next_run_at as saving computes it: from now, whatever it was; "": none
 *     jobform_release(&form)
 *
 * As on the page, a job has a type and a schedule that kivitendo's parser accepts, and a package
 * that can be run; besides kivitendo's classes these are the administrator's commands and the
 * native jobs.  Its data must be YAML, which the page does not check; a command's may be anything.
 *
 * Pure but for looking at files of the installation.
 * Errors: out of memory makes the buffers fail.
 * Source: kivitendo.md "What others do to the same rows meanwhile"; schedule.md.
 */
#ifndef ENGINE_JOBFORM_H
#define ENGINE_JOBFORM_H

#include <stdint.h>

#include "base/buf.h"
#include "core/job.h"
#include "core/walltime.h"
#include "engine/site.h"

struct jobform {
    struct buf problems;
    struct buf notes;
    char next[WALLTIME_MAX];
};

void jobform_check(struct jobform *form, const struct site *site, const struct job *job,
                   int64_t now_us);

void jobform_release(struct jobform *form);

#endif
