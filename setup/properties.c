/*
 * ODBCINSTGetProperties: the sheet that unixODBC's administrators show for a data source, a row for
 * each option of the driver's table.
 *
 * Values begin empty, which means "not given": an administrator saves every row that has a value,
 * and a default that was written down would neither follow a newer driver nor leave room for the
 * driver-wide settings. The default is in the help text, with what is allowed. Lists begin with ""
 * so that a choice can be taken back, and take other spellings that a data source may have.
 *
 * odbcinst frees everything with free(), and may unload this library before: nothing in the rows
 * points into it. A list is one block, pointers first, because odbcinst frees the block alone.
 */
#include <odbcinst.h>
#include <odbcinstext.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "config/options.h"
#include "config/slice.h"

enum { HELP_BYTES = 4096, ALLOWED_BYTES = 1024 };

static const int prompts[] = {
    [OPTION_KIND_TEXT] = ODBCINST_PROMPTTYPE_TEXTEDIT,
    [OPTION_KIND_FILE] = ODBCINST_PROMPTTYPE_FILENAME,
    [OPTION_KIND_FLAG] = ODBCINST_PROMPTTYPE_COMBOBOX,
    [OPTION_KIND_NUMBER] = ODBCINST_PROMPTTYPE_TEXTEDIT,
    [OPTION_KIND_BYTES] = ODBCINST_PROMPTTYPE_TEXTEDIT,
    [OPTION_KIND_FACTOR] = ODBCINST_PROMPTTYPE_TEXTEDIT,
    [OPTION_KIND_CHOICE] = ODBCINST_PROMPTTYPE_COMBOBOX,
    [OPTION_KIND_SECRET] = ODBCINST_PROMPTTYPE_TEXTEDIT_PASSWORD,
};

/* odbcinst has rows of its own for these, or they are no data source's. */
static bool is_shown(enum option_id id)
{
    return id != OPTION_DSN && id != OPTION_DRIVER && id != OPTION_DESCRIPTION &&
           id != OPTION_FILE_DSN && id != OPTION_SAVE_FILE;
}

/* "", then the choices that are not refused; NULL behind the last. NULL without memory. */
static char **list_of(const char *choices)
{
    size_t pointers = 2, bytes = 1 + strlen(choices) + 1;
    struct slice choice;
    char **list, *text;

    for (const char *at = choices; slice_next_item(&at, &choice);)
        pointers++;
    list = calloc(1, pointers * sizeof *list + bytes);
    if (!list) return NULL;
    text = (char *)(list + pointers);
    pointers = 0;
    list[pointers++] = text++; /* "" */
    while (slice_next_item(&choices, &choice)) {
        memcpy(text, choice.bytes, choice.count);
        list[pointers++] = text;
        text += choice.count + 1;
    }
    return list;
}

static char *help_of(const struct option_info *info)
{
    char allowed[ALLOWED_BYTES];
    struct buf b;

    buf_init(&b, HELP_BYTES);
    buf_puts(&b, info->doc);
    buf_puts(&b, ".");
    options_describe_allowed(info, allowed, sizeof allowed);
    if (*allowed) buf_printf(&b, " Allowed: %s.", allowed);
    if (info->fallback) buf_printf(&b, " Default: %s.", info->fallback);
    if (info->state == OPTION_STATE_ACCEPTED) buf_puts(&b, " Accepted, without effect.");
    return buf_take(&b);
}

static void free_property(ODBCINSTPROPERTY *p)
{
    free(p->aPromptData);
    free(p->pszHelp);
    free(p);
}

static ODBCINSTPROPERTY *new_property(const struct option_info *info)
{
    ODBCINSTPROPERTY *p = calloc(1, sizeof *p);
    bool has_list = info->kind == OPTION_KIND_CHOICE || info->kind == OPTION_KIND_FLAG;

    if (!p) return NULL;
    snprintf(p->szName, sizeof p->szName, "%s", info->name);
    p->nPromptType = prompts[info->kind];
    p->pszHelp = help_of(info);
    if (has_list) {
        p->aPromptData = list_of(info->kind == OPTION_KIND_FLAG ? "0|1" : info->choices);
    }
    if (p->pszHelp && (p->aPromptData || !has_list)) return p;
    free_property(p);
    return NULL;
}

/* Appends behind the row that is given, odbcinst's own last one in spite of its name. What was appended
 * before memory ran out stays, and is odbcinst's to free. */
int INSTAPI ODBCINSTGetProperties(HODBCINSTPROPERTY hFirstProperty)
{
    HODBCINSTPROPERTY last = hFirstProperty;

    if (!last) return ODBCINST_ERROR;
    for (unsigned id = 0; id < OPTION_COUNT; id++) {
        if (!is_shown((enum option_id)id)) continue;
        last->pNext = new_property(options_info((enum option_id)id));
        if (!last->pNext) return ODBCINST_ERROR;
        last = last->pNext;
    }
    return ODBCINST_SUCCESS;
}
