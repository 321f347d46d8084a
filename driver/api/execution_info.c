/* Execution information, given out. See execution_info.h. */
#include "api/execution_info.h"

#include "exec/info.h"

bool execution_info_is(SQLINTEGER number)
{
    return exec_info_kind(number) != EXEC_INFO_NONE;
}

SQLRETURN execution_info_give(struct stmt *s, struct diag *d, SQLINTEGER number,
                              const struct text_room *out)
{
    const char *text = "";
    int64_t value = -1;
    SQLBIGINT given;

    if (exec_info_text(s, number, &text)) return text_give(d, out, text);
    exec_info_number(s, number, &value);
    given = value;
    return text_give_value(out, &given, sizeof given);
}
