/*
 * Connection options: one value slot per row of options.def.
 *
 * Every name an application may write in a connection string or a data source (AWS's own 101 keys,
 * their older and sister-driver spellings, and ours) is a row or an alias in options.def, with its
 * kind, default, limits, and whether it is honoured. All of it comes here as text; what does not
 * fit its row is a fault that names option, value and what is allowed.
 *
 * Who set a value decides who may replace it: see enum option_source.
 *
 * Thread: one owner at a time; read-only while a connection is open, so any thread may read then.
 */
#ifndef ATHENA_CONFIG_OPTIONS_H
#define ATHENA_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

enum option_id {
#define OPTION(id, name, aliases, kind, fallback, min, max, choices, state, doc) OPTION_##id,
#include "config/options.def"
#undef OPTION
    OPTION_COUNT
};

enum option_kind {
    OPTION_KIND_TEXT,
    OPTION_KIND_FILE,   /* text: where a file or a folder is */
    OPTION_KIND_FLAG,   /* 0/1, true/false, yes/no, on/off */
    OPTION_KIND_NUMBER, /* whole, within min and max */
    OPTION_KIND_BYTES, /* the same, with K, M or G (of 1024; also KB, KiB) behind it if one likes */
    OPTION_KIND_FACTOR, /* decimal, kept in thousandths; min and max in thousandths */
    OPTION_KIND_CHOICE, /* one of choices; its index is the value */
    OPTION_KIND_SECRET  /* text that no log and no message may show */
};

enum option_state {
    OPTION_STATE_HONOURED, /* works */
    OPTION_STATE_ACCEPTED  /* any value is taken, none has an effect; the doc says why */
};

struct option_info {
    const char *name;    /* canonical */
    const char *aliases; /* separated by '|', "" for none */
    enum option_kind kind;
    const char *fallback; /* default as text; NULL: none */
    int64_t min, max;
    const char *choices; /* separated by '|'; or NULL */
    enum option_state state;
    const char *doc; /* one sentence */
};

/*
 * Stronger later. A value stays when a weaker or equal source comes with another one (ODBC: the
 * first occurrence wins), except that attributes replace attributes.
 */
enum option_source {
    OPTION_FROM_NOWHERE,  /* default */
    OPTION_FROM_WIDE,     /* [ATHENA_WIDE_SETTINGS] of odbc.ini */
    OPTION_FROM_DSN,      /* the data source's section */
    OPTION_FROM_STRING,   /* connection string, SQLConnect's user and password */
    OPTION_FROM_ATTRIBUTE /* SQLSetConnectAttr */
};

struct option_value {
    char *text;     /* NULL: not given; owned, NUL-terminated */
    int64_t number; /* flag, number, factor in thousandths, index of the choice */
    enum option_source source;
};

struct options {
    struct option_value values[OPTION_COUNT];
};

/* What was ignored or changed while reading: records for SQL_SUCCESS_WITH_INFO. */
struct option_warning {
    enum sqlstate state; /* 01S00 unknown name, 01S02 value changed */
    const char *text;
    struct option_warning *next;
};

struct option_warnings {
    struct arena arena;
    struct option_warning *first, *last;
    unsigned count; /* at most OPTION_WARNINGS_MAX are kept */
};
enum { OPTION_WARNINGS_MAX = 32 };

/* A zeroed struct is an empty one. */
void options_init(struct options *o);

/* Frees all values; secrets are wiped first. Empty and usable again. */
void options_clear(struct options *o);

/* The row of an option. Static storage. */
const struct option_info *options_info(enum option_id id);

/*
 * What a value may be: "0 or 1", "a number from 1 to 65535", "auto, S3, GetQueryResults", "" for free text. Cut to room, NUL-terminated.
 */
void options_describe_allowed(const struct option_info *info, char *out, size_t room);

/* The option that a name or an alias means, in any case; OPTION_COUNT when none does. */
enum option_id options_find(const char *name, size_t bytes);

/*
 * Gives an option a value. An empty value means "not given": it does nothing. Blanks around it are
 * dropped except from secrets, where they may have stood in braces and mean something. A value that
 * a stronger or equal source has set stays, and the new one is not even looked at. Faults: HY024 for
 * a value that does not fit the kind, HY001.
 */
enum status options_set(struct options *o, enum option_id id, const char *value, size_t bytes,
                        enum option_source source, struct fault *f);

/* Takes an option's value away, whoever has set it. A secret is wiped. */
void options_forget(struct options *o, enum option_id id);

/* Copies every value that is set into to, which is cleared first. HY001. */
enum status options_copy(struct options *to, const struct options *from, struct fault *f);

/* Moves every value that is set in from into o, in the place of what is there; from is empty then. */
void options_override(struct options *o, struct options *from);

/*
 * What can be told only when all sources have been read: combinations that make no sense (HY024),
 * and keys that the authentication type needs and nobody gave (28000).
 */
enum status options_check(const struct options *o, struct fault *f);

/* Whether anybody set it. */
bool options_is_set(const struct options *o, enum option_id id);

/* The value given, else the default, else NULL. Borrowed until the option changes. */
const char *options_text(const struct options *o, enum option_id id);

/* The same for FLAG. */
bool options_flag(const struct options *o, enum option_id id);

/* The same for NUMBER and BYTES, and for FACTOR in thousandths. 0 without value and default. */
int64_t options_number(const struct options *o, enum option_id id);

/* The index among choices of CHOICE (enums below). Only for options with a default. */
unsigned options_choice(const struct options *o, enum option_id id);

/* That choice as options.def spells it, which AWS minds, in arena. */
const char *options_choice_word(const struct options *o, enum option_id id, struct arena *a);

/* Indexes of AuthenticationType. */
enum option_authentication {
    AUTHENTICATION_IAM_CREDENTIALS,
    AUTHENTICATION_IAM_PROFILE,
    AUTHENTICATION_DEFAULT_CREDENTIALS,
    AUTHENTICATION_INSTANCE_PROFILE,
    AUTHENTICATION_EXTERNAL_CREDENTIALS,
    AUTHENTICATION_ADFS,
    AUTHENTICATION_AZURE_AD,
    AUTHENTICATION_BROWSER_AZURE_AD,
    AUTHENTICATION_BROWSER_SAML,
    AUTHENTICATION_OKTA,
    AUTHENTICATION_PING,
    AUTHENTICATION_JWT,
    AUTHENTICATION_BROWSER_SSO_OIDC,
    AUTHENTICATION_JWT_TIP,
    AUTHENTICATION_BROWSER_OIDC_TIP,
    AUTHENTICATION_SAGEMAKER_BROWSER_IDC,
    AUTHENTICATION_SAGEMAKER_IAM,
    AUTHENTICATION_TYPE_COUNT
};

/* Indexes of sso_oidc_flow. */
enum option_sso_flow { SSO_FLOW_CODE, SSO_FLOW_DEVICE };

/* Indexes of MetadataRetrievalMethod. */
enum option_metadata_method {
    METADATA_METHOD_AUTO,
    METADATA_METHOD_GLUE,
    METADATA_METHOD_PROXY_API,
    METADATA_METHOD_QUERY
};

/* Indexes of Min_TLS; the two that follow mean the first. */
enum option_min_tls { MIN_TLS_12, MIN_TLS_13 };

enum option_fetcher { FETCHER_AUTO, FETCHER_S3, FETCHER_API };

/*
 * How rows are to be fetched, out of ResultFetcher, UseResultsetStreaming and EnableS3Fetcher: an
 * explicit ResultFetcher wins, then streaming, then the old S3 switch. The unpublished streaming
 * service is replaced by API pages, which give the same rows.
 */
enum option_fetcher options_fetcher(const struct options *o);

/* RowsToFetchPerBlock as GetQueryResults takes it: 1 to 1000, clamped silently as AWS's does. */
unsigned options_page_rows(const struct options *o);

/* LogLevel, names or the numbers of older drivers, as enum log_level of base/log.h. */
int options_log_level(const struct options *o);

/* Adds a warning; drops it when there are too many or memory has run out. */
void options_warn(struct option_warnings *w, enum sqlstate state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void options_warnings_clear(struct option_warnings *w);

/*
 * A warning (01000) for each option that is ACCEPTED and was given a value other than its default:
 * that it has no effect, and why.
 */
void options_warn_of_ineffective(const struct options *o, struct option_warnings *w);

#endif
