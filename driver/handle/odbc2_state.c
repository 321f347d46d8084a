/* The SQLSTATEs of ODBC 2. See odbc2_state.h. */
#include "handle/odbc2_state.h"

#include <stddef.h>

static const char *const names[SQLSTATE_COUNT] = {
    /* clang-format off */
    [SQLSTATE_07002] = "07001", /* "Wrong number of parameters"; the mapping table forgets it */
    [SQLSTATE_07005] = "24000", [SQLSTATE_07009] = "S1002", [SQLSTATE_22007] = "22008",
    [SQLSTATE_22018] = "22005", [SQLSTATE_42000] = "37000", [SQLSTATE_42S01] = "S0001",
    [SQLSTATE_42S02] = "S0002", [SQLSTATE_42S21] = "S0021", [SQLSTATE_42S22] = "S0022",
    [SQLSTATE_HY000] = "S1000",
    [SQLSTATE_HY001] = "S1001", [SQLSTATE_HY003] = "S1003", [SQLSTATE_HY004] = "S1004",
    [SQLSTATE_HY007] = "S1010", [SQLSTATE_HY008] = "S1008", [SQLSTATE_HY009] = "S1009",
    [SQLSTATE_HY010] = "S1010", [SQLSTATE_HY011] = "S1011", [SQLSTATE_HY012] = "S1012",
    [SQLSTATE_HY019] = "22003", [SQLSTATE_HY024] = "S1009", [SQLSTATE_HY090] = "S1090",
    [SQLSTATE_HY091] = "S1091", [SQLSTATE_HY092] = "S1092", [SQLSTATE_HY095] = "S1095",
    [SQLSTATE_HY096] = "S1096",
    [SQLSTATE_HY097] = "S1097", [SQLSTATE_HY098] = "S1098", [SQLSTATE_HY099] = "S1099",
    [SQLSTATE_HY100] = "S1100", [SQLSTATE_HY101] = "S1101",
    [SQLSTATE_HY104] = "S1104", [SQLSTATE_HY105] = "S1105", [SQLSTATE_HY106] = "S1106",
    [SQLSTATE_HY107] = "S1107", [SQLSTATE_HY109] = "S1109", [SQLSTATE_HY110] = "S1110",
    [SQLSTATE_HY111] = "S1111",
    [SQLSTATE_HYC00] = "S1C00", [SQLSTATE_HYT00] = "S1T00",
    /* clang-format on */
};

const char *odbc2_state(enum sqlstate state, SQLUSMALLINT function)
{
    bool is_parameter = function == SQL_API_SQLBINDPARAMETER ||
                        function == SQL_API_SQLDESCRIBEPARAM;

    if (state == SQLSTATE_07009 && is_parameter) return "S1093";
    return names[state] ? names[state] : sqlstate_code(state);
}
