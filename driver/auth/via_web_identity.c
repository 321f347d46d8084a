/*
 * A role by a token that says who asks: AuthenticationType=JWT, whose token and role are options, or
 * a token in a file that a profile or the environment names (AWS SDKs and Tools Reference Guide,
 * "Assume role credential provider"; AWS STS API Reference, AssumeRoleWithWebIdentity).
 *
 * There is one wait, for STS. The file is read each time: whoever writes it puts fresh tokens there.
 */
#include <stdlib.h>
#include <string.h>

#include "auth/role_call.h"
#include "auth/small_file.h"
#include "auth/via.h"
#include "auth/wish.h"

enum { TOKEN_BYTES_MAX = 20000 }; /* what STS takes */

struct via_web_identity {
    struct sign_in base;
    struct endpoint sts;
    struct role_call role;
};

static bool is_of_file(const struct sign_in *in)
{
    return in->plan->source == CREDS_WEB_IDENTITY;
}

/* ---- the token ---------------------------------------------------------------------------- */

/* Without the line end that editors leave; NULL when nothing is left that could be a token. */
static char *trim(char *bytes, size_t count)
{
    static const char blanks[] = " \t\r\n";
    size_t lead;

    bytes[count] = '\0';
    while (count && strchr(blanks, bytes[count - 1]))
        bytes[--count] = '\0';
    lead = strspn(bytes, blanks);
    return count == lead || count > TOKEN_BYTES_MAX || strlen(bytes) != count ? NULL : bytes + lead;
}

static enum status ask(struct via_web_identity *w, struct sts_assume_role *request,
                       const char *origin, struct fault *f) RUNS_ON(io_thread);
static enum status ask(struct via_web_identity *w, struct sts_assume_role *request,
                       const char *origin, struct fault *f)
{
    const struct sign_in *in = &w->base;

    if (places_endpoint(&w->sts, in->arena, in->wish->places, AWS_STS, NULL, f)) return ST_ERR;
    return role_call_start(
        &w->role, in->owner,
        &(struct role_wish){
            .search = in->wish, .sts = &w->sts, .origin = origin, .request = *request},
        f);
}

static enum status ask_with_file(struct via_web_identity *w, struct fault *f) RUNS_ON(io_thread);
static enum status ask_with_file(struct via_web_identity *w, struct fault *f)
{
    const struct creds_plan *plan = w->base.plan;
    struct sts_assume_role request = {.role_arn = plan->web_role.role_arn,
                                      .session_name = plan->web_role.session_name,
                                      .duration_s = plan->web_role.duration_s};
    char *bytes;
    size_t count;
    enum status st = small_file_read(&bytes, &count, plan->token_file, 2 * TOKEN_BYTES_MAX, f);

    if (st) return st;
    if (bytes) request.web_identity_token = trim(bytes, count);
    if (request.web_identity_token) {
        st = ask(w, &request, plan->web_role.origin, f);
    } else {
        st = fault_set(f, SQLSTATE_28000, 0,
                       "the web identity token file of %s, %s, cannot be read, or holds no token",
                       plan->web_role.origin, plan->token_file);
    }
    if (bytes) explicit_bzero(bytes, count);
    free(bytes);
    return st;
}

/* ---- JWT ---------------------------------------------------------------------------------- */

static enum status ask_with_option(struct via_web_identity *w, struct fault *f) RUNS_ON(io_thread);
static enum status ask_with_option(struct via_web_identity *w, struct fault *f)
{
    const struct options *o = w->base.options;
    const char *preferred = options_text(o, OPTION_PREFERRED_ROLE);
    struct sts_assume_role request = {
        .role_arn = preferred ? preferred : options_text(o, OPTION_ROLE_ARN),
        .session_name = options_text(o, OPTION_ROLE_SESSION_NAME),
        .web_identity_token = options_text(o, OPTION_WEB_IDENTITY_TOKEN),
        .duration_s = options_number(o, OPTION_DURATION),
    };

    if (strlen(request.web_identity_token) > TOKEN_BYTES_MAX) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "web_identity_token is longer than the %d characters that STS takes",
                         TOKEN_BYTES_MAX);
    }
    return ask(w, &request, w->base.plan->origin, f);
}

/* ---- the way ------------------------------------------------------------------------------ */

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_web_identity *w = container_of(in, struct via_web_identity, base);

    return is_of_file(in) ? ask_with_file(w, f) : ask_with_option(w, f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    return role_call_ready(&container_of(in, struct via_web_identity, base)->role, &out->keys, f);
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    role_call_clear(&container_of(in, struct via_web_identity, base)->role);
}

const struct sign_in_kind via_web_identity = {
    .name = "web identity",
    .bytes = sizeof(struct via_web_identity),
    .start = start,
    .ready = ready,
    .clear = clear,
};
