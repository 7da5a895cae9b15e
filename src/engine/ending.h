/* ending.h: how a forked process ends without what its parent has registered for its own exit.
 *
 * Plain _exit, except that test builds write their coverage counters and look for leaks first:
 * otherwise what happens in lanes would count as never executed, and leaks there stay hidden.
 * Source: _exit(2); gcov's __gcov_dump; LeakSanitizer's __lsan_do_recoverable_leak_check.
 */
#ifndef ENGINE_ENDING_H
#define ENGINE_ENDING_H

_Noreturn void end_process(int status);

#endif
