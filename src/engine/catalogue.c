#include "engine/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/jobs.h"

static const struct handler *const handlers[] = {
    &job_background_job_cleanup,
    &job_clean_auth_sessions,
    &job_clean_background_job_history,
    &job_close_projects,
    &job_close_quotations,
    &job_set_closed_to,
    &job_set_number_range,
    &job_test,
    &job_update_employee_base_data,
    &job_validity_token_cleanup,
};

static const char names[] = "BackgroundJobCleanup, CleanAuthSessions, CleanBackgroundJobHistory, "
                            "CloseProjectsBelongingToClosedSalesOrders, CloseQuotations, "
                            "SetClosedTo, SetNumberRange, Test, UpdateEmployeeBaseData, "
                            "ValidityTokenCleanup";

static int compare(const void *package, const void *element)
{
    const struct handler *const *handler = element;
    return strcmp(package, (*handler)->package);
}

const struct handler *catalogue_find(const char *package)
{
    const struct handler *const *found = bsearch(package, handlers, ARRAY_LEN(handlers),
                                                 sizeof handlers[0], compare);
    return found ? *found : NULL;
}

size_t catalogue_count(void)
{
    return ARRAY_LEN(handlers);
}

const struct handler *catalogue_at(size_t n)
{
    return n < ARRAY_LEN(handlers) ? handlers[n] : NULL;
}

const char *catalogue_names(void)
{
    return names;
}
