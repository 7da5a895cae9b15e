/* fnv.h: a short sum that tells texts apart, for keys; FNV-1a of 32 bits.
 *
 *     fnv_text("acme")
 *     uint32_t sum = FNV_START; for each byte: sum = fnv_add(sum, byte)
 *
 * Not for anything that somebody may want to forge.
 * Source: Fowler, Noll and Vo; draft-eastlake-fnv.
 */
#ifndef CORE_FNV_H
#define CORE_FNV_H

#include <stdint.h>

#define FNV_START UINT32_C(2166136261)

uint32_t fnv_add(uint32_t sum, char c);

uint32_t fnv_text(const char *text);

#endif
