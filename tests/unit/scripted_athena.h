/*
 * An Athena that answers from a script: each request, whatever it is, takes the first line of its
 * operation that is not used up. What was asked, in order, is kept. Of requests that are made side
 * by side any may be the first to arrive: lines that differ say what they are about.
 *
 * S3 requests have the operation "GetObject". A request that no line is left for is answered with
 * status 500 and the code ScriptIsOver, which fails the test that caused it.
 */
#ifndef ATHENA_TESTS_UNIT_SCRIPTED_ATHENA_H
#define ATHENA_TESTS_UNIT_SCRIPTED_ATHENA_H

#include <stdbool.h>

/* The body comes at once, its end 300 ms later. */
#define LATE_END "Transfer-Encoding: chunked\r\n"

/* A delay that lasts until scripted_athena_silence() ends it. */
enum { FALLS_SILENT = -1 };

struct script_line {
    const char *operation; /* "StartQueryExecution"; NULL ends the script. With a blank and a text
                            * behind it: requests that have this text in them */
    int status;            /* 0: the connection is closed without an answer */
    const char *body;
    int delay_ms;        /* or FALLS_SILENT */
    const char *headers; /* "Name: value\r\n" lines, or NULL; LATE_END may be among them */
    int times;           /* how often the line serves; 0: once */
};

struct scripted_athena;

/* script is borrowed. NULL when there is no port or no thread. */
struct scripted_athena *scripted_athena_start(const struct script_line *script);
void scripted_athena_stop(struct scripted_athena *s);

int scripted_athena_port(const struct scripted_athena *s);

/* While it is silent all answers wait, however long that is. */
void scripted_athena_silence(struct scripted_athena *s, bool is_silent);

/* The operations asked for, in order, with blanks between; repeats of one become one. */
void scripted_athena_asked(struct scripted_athena *s, char *text, unsigned text_bytes);
/* How often an operation was asked for. */
int scripted_athena_count(struct scripted_athena *s, const char *operation);

#endif
