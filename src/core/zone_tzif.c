#include <string.h>

#include "base/i18n.h"
#include "core/civil.h"
#include "core/zone.h"
#include "core/zone_build.h"

enum { HEADER_BYTES = 44, TYPE_BYTES = 6, TYPES_MAX = 256 };

/* One data block (RFC 9636 3.2): its counts and where its parts begin. */
struct block {
    const unsigned char *data;
    uint32_t isut_count;
    uint32_t isstd_count;
    uint32_t leap_count;
    uint32_t time_count;
    uint32_t type_count;
    uint32_t char_count;
    size_t time_bytes; /* 4 in the version 1 block, 8 in the other */
    size_t size_bytes;
    char version;
};

static uint32_t read_u32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t read_time(const struct block *block, size_t index)
{
    const unsigned char *bytes = block->data + index * block->time_bytes;
    uint32_t high = read_u32(bytes);
    if (block->time_bytes == 4)
        return (int32_t)high;
    return (int64_t)((uint64_t)high << 32 | read_u32(bytes + 4));
}

static bool refuse(struct err *err, const char *why)
{
    return err_set(err, ERR_CONFIG, "not a usable time zone file: %s", i18n(why));
}

/* Reads a header; the block's data must lie within the len bytes too. */
static bool read_block(struct block *block, const unsigned char *bytes, size_t len,
                       size_t time_bytes)
{
    if (len < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0)
        return false;
    *block = (struct block){
        .data = bytes + HEADER_BYTES,
        .isut_count = read_u32(bytes + 20),
        .isstd_count = read_u32(bytes + 24),
        .leap_count = read_u32(bytes + 28),
        .time_count = read_u32(bytes + 32),
        .type_count = read_u32(bytes + 36),
        .char_count = read_u32(bytes + 40),
        .time_bytes = time_bytes,
        .version = (char)bytes[4],
    };
    /* 32-bit counts times small numbers: no overflow in 64 bits */
    uint64_t size = (uint64_t)block->time_count * (time_bytes + 1) +
                    (uint64_t)block->type_count * TYPE_BYTES + block->char_count +
                    (uint64_t)block->leap_count * (time_bytes + 4) + block->isstd_count +
                    block->isut_count;
    block->size_bytes = (size_t)size;
    return size <= len - HEADER_BYTES;
}

static bool check_counts(const struct block *block, struct err *err)
{
    if (block->type_count == 0 || block->type_count > TYPES_MAX)
        return refuse(err, "a wrong number of local time types");
    if (block->time_count > ZONE_FILE_CHANGES_MAX)
        return refuse(err, "too many changes");
    if (block->leap_count != 0)
        return refuse(err, "it counts leap seconds, the system clock does not");
    return true;
}

static bool read_offset(const struct block *block, size_t type, int32_t *offset_s, struct err *err)
{
    if (type >= block->type_count)
        return refuse(err, "a local time type that does not exist");
    const unsigned char *types = block->data + block->time_count * (block->time_bytes + 1);
    *offset_s = (int32_t)read_u32(types + type * TYPE_BYTES);
    if (*offset_s < -ZONE_OFFSET_MAX_S || *offset_s > ZONE_OFFSET_MAX_S)
        return refuse(err, "an offset of more than 26 hours");
    return true;
}

static bool read_changes(struct zone *zone, const struct block *block, struct err *err)
{
    const unsigned char *type_of = block->data + block->time_count * block->time_bytes;
    if (!read_offset(block, 0, &zone->first_offset_s, err))
        return false;
    for (size_t i = 0; i < block->time_count; i++) {
        int32_t offset_s = 0;
        int64_t at_s = read_time(block, i);
        if (i && at_s <= read_time(block, i - 1))
            return refuse(err, "changes out of order");
        if (!read_offset(block, type_of[i], &offset_s, err) || !zone_add(zone, at_s, offset_s, err))
            return false;
    }
    return true;
}

/* The rule between two newlines behind the second block; it may be empty. */
static bool read_footer(struct zone *zone, const struct block *block, const char *footer,
                        size_t len, struct err *err)
{
    const char *close = len > 1 && *footer == '\n' ? memchr(footer + 1, '\n', len - 1) : NULL;
    if (!close)
        return refuse(err, "no footer");
    size_t rule_len = (size_t)(close - footer - 1);
    if (rule_len == 0)
        return true;
    if (block->time_count == 0)
        return zone_add_rule(zone, footer + 1, rule_len, NULL, err);
    int64_t last = read_time(block, block->time_count - 1);
    if (last > CIVIL_LOCAL_MAX_S || last < -CIVIL_LOCAL_MAX_S)
        return refuse(err, "a change too far away");
    return zone_add_rule(zone, footer + 1, rule_len, &last, err);
}

static bool parse(struct zone *zone, const unsigned char *bytes, size_t len, struct err *err)
{
    struct block block;
    if (!read_block(&block, bytes, len, 4))
        return refuse(err, "no TZif header, or cut off");
    if (block.version == '\0')
        return check_counts(&block, err) && read_changes(zone, &block, err);
    if (block.version < '2')
        return refuse(err, "an unknown version");

    size_t first = HEADER_BYTES + block.size_bytes;
    if (!read_block(&block, bytes + first, len - first, 8))
        return refuse(err, "no second TZif header, or cut off");
    size_t footer = first + HEADER_BYTES + block.size_bytes;
    return check_counts(&block, err) && read_changes(zone, &block, err) &&
           read_footer(zone, &block, (const char *)bytes + footer, len - footer, err);
}

bool zone_parse(struct zone *zone, const void *tzif, size_t len, struct err *err)
{
    *zone = (struct zone){0};
    if (parse(zone, tzif, len, err))
        return true;
    zone_release(zone);
    return false;
}
