/* step.h: named steps at which a test can stop the process, to kill somebody just there.
 *
 *     TEST_STEP("journal-begun");
 *
 * In normal builds this is nothing at all.  Built with TASK_SERVER_STEPS (make FLAVOUR=steps), the
 * process that reaches the step named by the environment's TASK_SERVER_STEP writes its pid to a
 * file of that name in the directory TASK_SERVER_STEP_DIR, and goes on when a file of that name and
 * ".go" is there too, or after STEP_WAIT_MS.  Only the first process stops: where the file is there
 * already, the step is passed by.  Signals stay as they are meanwhile, so that one which is blocked
 * waits until the process goes on.
 *
 * Errors: where the file cannot be written, nothing stops.
 * Not here: steps of kivitendo's Perl; the lane that waits for it can be stopped instead.
 */
#ifndef BASE_STEP_H
#define BASE_STEP_H

enum { STEP_WAIT_MS = 20000 };

#ifdef TASK_SERVER_STEPS

void step_reach(const char *name);

#define TEST_STEP(name) step_reach(name)

#else

#define TEST_STEP(name) ((void)0)

#endif

#endif
