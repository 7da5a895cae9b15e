/* status_style.h: how the page of `status --html` looks: the one style sheet, which stands in it.
 *
 * Light and dark by prefers-color-scheme; one column on a phone, aligned columns from 40 rem on.
 * Nothing in it comes from outside, for the page's policy allows this text by its sum, and no
 * other.
 */
#ifndef CMD_STATUS_STYLE_H
#define CMD_STATUS_STYLE_H

/* Line by line, with their newlines; NULL at the end. */
extern const char *const status_style[];

#endif
