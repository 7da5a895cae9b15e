#include "engine/ending.h"

#include <unistd.h>

#ifdef TASK_SERVER_ASAN
#include <sanitizer/lsan_interface.h>
#endif
#ifdef TASK_SERVER_COVERAGE
extern void __gcov_dump(void);
#endif

_Noreturn void end_process(int status)
{
#ifdef TASK_SERVER_ASAN
    if (__lsan_do_recoverable_leak_check())
        status = 99;
#endif
#ifdef TASK_SERVER_COVERAGE
    __gcov_dump();
#endif
    _exit(status);
}
