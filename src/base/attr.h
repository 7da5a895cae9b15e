/* attr.h: the few compiler attributes the whole project uses.
 *
 * Not here: anything else; this header includes nothing.
 * Source: GCC manual, "Common Function Attributes" and "Common Variable Attributes".
 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

/* The caller must look at the result. */
#define MUST_USE __attribute__((warn_unused_result))

/* Argument fmt is a printf format, checked against the arguments from args on. */
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* Calls fn(&variable) when the variable leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
