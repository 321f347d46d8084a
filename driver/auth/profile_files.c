/* The AWS configuration files. See profile_files.h. */
#include "auth/profile_files.h"

#include <stdlib.h>
#include <string.h>

#include "auth/small_file.h"

enum { FILE_LIMIT_BYTES = 4 << 20 };

static enum status read_file(struct profiles *p, enum profile_file kind, const char *path,
                             struct fault *f)
{
    char *bytes;
    size_t count;
    enum status st = small_file_read(&bytes, &count, path, FILE_LIMIT_BYTES, f);

    if (st || !bytes) return st; /* AWS's own tools take a missing file for an empty one */
    st = count ? profile_add(p, kind, bytes, count, f) : ST_OK;
    explicit_bzero(bytes, count);
    free(bytes);
    return st;
}

/* The file an environment variable names, else the one in the home folder. */
static const char *file_path(struct profiles *p, const struct creds_env *env,
                             enum creds_env_name variable, const char *name)
{
    const char *home = env->values[ENV_HOME];

    if (env->values[variable]) return env->values[variable];
    return arena_printf(&p->arena, "%s/.aws/%s", home ? home : "", name);
}

enum status profile_files_read(struct profiles *p, const struct creds_env *env, struct fault *f)
{
    const char *config = file_path(p, env, ENV_CONFIG_FILE, "config");
    const char *credentials = file_path(p, env, ENV_SHARED_CREDENTIALS_FILE, "credentials");
    enum status st;

    if (!config || !credentials) return fault_no_memory(f);
    st = read_file(p, PROFILE_CONFIG, config, f);
    return st ? st : read_file(p, PROFILE_CREDENTIALS, credentials, f);
}
