/*
 * AuthenticationType=JWT_TIP: trusted identity propagation (auth/tip.h) with the token of the option
 * web_identity_token.
 */
#include "auth/tip.h"
#include "auth/via.h"

struct via_jwt_tip {
    struct sign_in base;
    struct tip tip;
};

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    return tip_start(&container_of(in, struct via_jwt_tip, base)->tip, in,
                     options_text(in->options, OPTION_WEB_IDENTITY_TOKEN), f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    return tip_ready(&container_of(in, struct via_jwt_tip, base)->tip, &out->keys, f);
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    tip_clear(&container_of(in, struct via_jwt_tip, base)->tip);
}

const struct sign_in_kind via_jwt_tip = {
    .name = "JWT_TIP",
    .bytes = sizeof(struct via_jwt_tip),
    .cache_option = OPTION_JWT_TIP_FILE_CACHE,
    .start = start,
    .ready = ready,
    .clear = clear,
};
