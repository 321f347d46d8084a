#include "aws/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/wipe.h"

void credentials_clear(struct aws_credentials *c)
{
    wipe_free(&c->key_id);
    wipe_free(&c->secret);
    wipe_free(&c->token);
    c->expires_at_s = 0;
}

enum status credentials_set(struct aws_credentials *c, const char *key_id, const char *secret,
                            const char *token, int64_t expires_at_s, struct fault *f)
{
    bool has_token = token && *token;
    struct aws_credentials fresh = {
        .key_id = strdup(key_id),
        .secret = strdup(secret),
        .token = has_token ? strdup(token) : NULL,
        .expires_at_s = expires_at_s,
    };

    if (!fresh.key_id || !fresh.secret || (has_token && !fresh.token)) {
        credentials_clear(&fresh);
        return fault_no_memory(f);
    }
    credentials_clear(c); /* last: the texts given may be c's own */
    *c = fresh;
    return ST_OK;
}

enum status credentials_copy(struct aws_credentials *to, const struct aws_credentials *from,
                             struct fault *f)
{
    if (!from->key_id) {
        credentials_clear(to);
        return ST_OK;
    }
    return credentials_set(to, from->key_id, from->secret, from->token, from->expires_at_s, f);
}

bool credentials_expire_within(const struct aws_credentials *c, int64_t now_s, int64_t margin_s)
{
    return c->expires_at_s && c->expires_at_s <= now_s + margin_s;
}

/* ---- time ---- */

/* Reads exactly count digits; advances. -1 when they are not there. */
static int take_digits(const char **text, int count)
{
    int n = 0;

    for (; count; count--, ++*text) {
        if (**text < '0' || **text > '9') return -1;
        n = n * 10 + (**text - '0');
    }
    return n;
}

static bool take(const char **text, char c)
{
    if (**text != c) return false;
    ++*text;
    return true;
}

/* Days from 1970-01-01 of a date of the Gregorian calendar; years begin in March while counting. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t m = month > 2 ? month - 3 : month + 9;

    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

/* "Z", "+hh:mm", "-hhmm" or nothing, as seconds east. */
static bool take_zone(const char **text, int64_t *east_s)
{
    bool is_west = **text == '-';
    int hours, minutes;

    *east_s = 0;
    if (!**text || take(text, 'Z') || take(text, 'z')) return true;
    if (!take(text, '+') && !take(text, '-')) return false;
    hours = take_digits(text, 2);
    take(text, ':');
    minutes = hours < 0 ? -1 : take_digits(text, 2);
    if (hours < 0 || minutes < 0) return false;
    *east_s = (hours * 60 + minutes) * 60;
    if (is_west) *east_s = -*east_s;
    return true;
}

bool credentials_parse_time(const char *text, int64_t *seconds)
{
    int year, month = -1, day = -1, hour = -1, minute = -1, second = -1;
    int64_t east_s;

    year = take_digits(&text, 4);
    if (year < 0 || !take(&text, '-')) return false;
    month = take_digits(&text, 2);
    if (month < 1 || month > 12 || !take(&text, '-')) return false;
    day = take_digits(&text, 2);
    if (day < 1 || day > 31 || (!take(&text, 'T') && !take(&text, ' '))) return false;
    hour = take_digits(&text, 2);
    if (hour < 0 || hour > 23 || !take(&text, ':')) return false;
    minute = take_digits(&text, 2);
    if (minute < 0 || minute > 59 || !take(&text, ':')) return false;
    second = take_digits(&text, 2);
    if (second < 0 || second > 60) return false;
    if (take(&text, '.')) text += strspn(text, "0123456789");
    if (!take_zone(&text, &east_s) || *text) return false;

    *seconds = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - east_s;
    return true;
}

void credentials_write_time(char text[CREDENTIALS_TIME_BYTES], int64_t seconds)
{
    const int64_t last_s = 253402300799; /* of the year 9999 */
    int64_t s = seconds < 0 ? 0 : seconds > last_s ? last_s : seconds;
    struct clock_civil t = clock_civil(s * 1000);

    snprintf(text, CREDENTIALS_TIME_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day,
             t.hour, t.minute, t.second);
}
