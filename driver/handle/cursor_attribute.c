/* Kinds of cursors. See cursor_attribute.h. */
#include "handle/cursor_attribute.h"

static SQLRETURN no_such_value(struct stmt *s, const char *name, SQLULEN value)
{
    return diag_push(&s->base.diag, SQLSTATE_HY024, 0, "%s cannot be %llu", name,
                     (unsigned long long)value);
}

static SQLRETURN replaced(struct stmt *s, const char *name, const char *value)
{
    return diag_warn(&s->base.diag, SQLSTATE_01S02, "%s is %s", name, value);
}

static void become_forward_only(struct stmt *s)
{
    s->attr.cursor_type = SQL_CURSOR_FORWARD_ONLY;
    s->attr.cursor_scrollable = SQL_NONSCROLLABLE;
}

static void become_static(struct stmt *s)
{
    s->attr.cursor_type = SQL_CURSOR_STATIC;
    s->attr.cursor_scrollable = SQL_SCROLLABLE;
    s->attr.cursor_sensitivity = SQL_INSENSITIVE;
}

SQLRETURN cursor_set_type(struct stmt *s, SQLPOINTER value)
{
    switch ((SQLULEN)value) {
    case SQL_CURSOR_FORWARD_ONLY:
        become_forward_only(s);
        s->attr.cursor_sensitivity = SQL_UNSPECIFIED;
        return SQL_SUCCESS;
    case SQL_CURSOR_STATIC:
        become_static(s);
        return SQL_SUCCESS;
    case SQL_CURSOR_KEYSET_DRIVEN:
    case SQL_CURSOR_DYNAMIC:
        become_static(s);
        return replaced(s, "SQL_ATTR_CURSOR_TYPE", "SQL_CURSOR_STATIC");
    default:
        return no_such_value(s, "SQL_ATTR_CURSOR_TYPE", (SQLULEN)value);
    }
}

SQLRETURN cursor_set_scrollable(struct stmt *s, SQLPOINTER value)
{
    switch ((SQLULEN)value) {
    case SQL_NONSCROLLABLE:
        return cursor_set_type(s, (SQLPOINTER)SQL_CURSOR_FORWARD_ONLY);
    case SQL_SCROLLABLE:
        return cursor_set_type(s, (SQLPOINTER)SQL_CURSOR_STATIC);
    default:
        return no_such_value(s, "SQL_ATTR_CURSOR_SCROLLABLE", (SQLULEN)value);
    }
}

SQLRETURN cursor_set_sensitivity(struct stmt *s, SQLPOINTER value)
{
    switch ((SQLULEN)value) {
    case SQL_UNSPECIFIED:
        s->attr.cursor_sensitivity = SQL_UNSPECIFIED;
        return SQL_SUCCESS;
    case SQL_INSENSITIVE:
        become_static(s);
        return SQL_SUCCESS;
    case SQL_SENSITIVE:
        return replaced(s, "SQL_ATTR_CURSOR_SENSITIVITY",
                        s->attr.cursor_sensitivity == SQL_INSENSITIVE ? "SQL_INSENSITIVE"
                                                                      : "SQL_UNSPECIFIED");
    default:
        return no_such_value(s, "SQL_ATTR_CURSOR_SENSITIVITY", (SQLULEN)value);
    }
}

static SQLULEN row_number(const struct stmt *s)
{
    if (s->state != STMT_CURSOR || !s->rowset_count || s->is_past_end) return 0;
    return (SQLULEN)s->rowset_first + s->rowset_row;
}

SQLRETURN cursor_get_row_number(struct stmt *s, const struct text_room *out)
{
    const SQLULEN number = row_number(s);

    return text_give_value(out, &number, sizeof number);
}

SQLRETURN cursor_get_bookmark(struct stmt *s, const struct text_room *out)
{
    const SQLULEN number = row_number(s);

    if (s->attr.use_bookmarks == SQL_UB_OFF) {
        return diag_push(&s->base.diag, SQLSTATE_HY092, 0,
                         "SQL_GET_BOOKMARK needs SQL_USE_BOOKMARKS");
    }
    if (!number) return diag_push(&s->base.diag, SQLSTATE_24000, 0, "the cursor is on no row");
    return text_give_value(out, &number, sizeof number);
}
