/* jobs.h: the native jobs, one file each; engine/catalogue.c lists them by package name.
 *
 * What each does to which rows is kivitendo.md's table "Jobs that are plain SQL"; their files say
 * where and why they differ from kivitendo's own classes.
 */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "jobs/handler.h"

extern const struct handler job_background_job_cleanup;
extern const struct handler job_clean_auth_sessions;
extern const struct handler job_clean_background_job_history;
extern const struct handler job_close_projects;
extern const struct handler job_close_quotations;
extern const struct handler job_set_closed_to;
extern const struct handler job_set_number_range;
extern const struct handler job_test;
extern const struct handler job_update_employee_base_data;
extern const struct handler job_validity_token_cleanup;

#endif
