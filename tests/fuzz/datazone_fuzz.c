/* DataZone's answers, out of any bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "aws/datazone_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *body = (const char *)bytes;
    struct datazone_connections list;
    struct aws_credentials c = {0};
    struct fault f = {0};
    struct arena a;

    arena_init(&a);
    if (!datazone_read_connections(&list, &a, body, count, "", &f)) {
        if (!list.next_token) abort();
        for (size_t i = 0; i < list.count; i++) {
            if (!datazone_connection_path(&a, list.items[i].name, list.items[i].id)) abort();
        }
    }
    if (!datazone_read_keys(&c, body, count, "", &f) && (!c.key_id || !c.secret || !c.token))
        abort();
    credentials_clear(&c);
    arena_clear(&a);
    return 0;
}
