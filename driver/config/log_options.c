#include "config/log_options.h"

#include <string.h>

enum { VALUE_SHOWN_BYTES = 200 };

static const char mask[] = "***";

static void read_rotation(struct log_wish *wish, const struct options *o)
{
    wish->max_bytes = options_number(o, OPTION_LOG_FILE_SIZE);
    wish->max_files = (unsigned)options_number(o, OPTION_LOG_FILE_COUNT);
    wish->is_per_process = options_flag(o, OPTION_USE_LOG_PREFIX);
}

void log_options_read(struct log_wish *wish, const struct options *o)
{
    *wish = (struct log_wish){.level = (enum log_level)options_log_level(o),
                              .path = options_text(o, OPTION_LOG_PATH)};
    read_rotation(wish, o);
}

bool log_options_read_environment(struct log_wish *wish, const char *value)
{
    const size_t level_bytes = value ? strcspn(value, ":") : 0;
    struct fault f = {.state = SQLSTATE_NONE};
    struct options o;
    bool is_level;

    if (!level_bytes) return false;
    options_init(&o);
    is_level = !options_set(&o, OPTION_LOG_LEVEL, value, level_bytes, OPTION_FROM_ATTRIBUTE, &f);
    if (is_level) log_options_read(wish, &o);
    wish->path = value[level_bytes] ? value + level_bytes + 1 : NULL;
    options_clear(&o);
    return is_level;
}

static void show_text(const char *text, struct buf *out)
{
    const char *at = strrchr(text, '@');
    size_t bytes;

    if (at) {
        buf_puts(out, mask);
        text = at;
    }
    bytes = strcspn(text, "?");
    if (bytes > VALUE_SHOWN_BYTES) bytes = VALUE_SHOWN_BYTES;
    buf_put(out, text, bytes);
    if (text[bytes] == '?') buf_puts(out, "?***");
    if (text[bytes] && text[bytes] != '?') buf_puts(out, "...");
}

void log_options_show(const struct options *o, struct buf *out)
{
    const char *between = "";

    for (unsigned id = 0; id < OPTION_COUNT; id++) {
        const struct option_info *info = options_info((enum option_id)id);

        if (!options_is_set(o, (enum option_id)id)) continue;
        buf_printf(out, "%s%s=", between, info->name);
        if (info->kind == OPTION_KIND_SECRET) {
            buf_puts(out, mask);
        } else {
            show_text(options_text(o, (enum option_id)id), out);
        }
        between = "; ";
    }
}
