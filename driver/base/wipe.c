/* Forgetting secrets. See wipe.h. */
#include "base/wipe.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void wipe_text(const char *text)
{
    if (text && *text) explicit_bzero((char *)(uintptr_t)text, strlen(text));
}

void wipe_free(char **text)
{
    wipe_text(*text);
    free(*text);
    *text = NULL;
}
