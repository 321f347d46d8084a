/*
 * A small HTTP server inside a test, on a free port of 127.0.0.1: a thread accepts, a thread each
 * serves a connection. What it does is in the path:
 *
 *   /ok             200 "hello"                       /status/N      that status, body "status"
 *   /echo           the request as it was received    /size/N        N bytes, byte i is 'a' + i % 26
 *   /chunked        "one two three" in chunks         /headers       answers with odd headers
 *   /continue       100 Continue, then /ok            /slow/N        /ok after N ms
 *   /partial        10 of 100 bytes, then the end     /trickle       5 of 100 bytes, then silence
 *   /drip/N         10 bytes, one each N ms           /stall         reads, never answers
 *   /reset          a reset instead of an answer      /close         the end instead of an answer
 *   /garbage        something that is not HTTP        /once          /ok, closing the connection
 *   /cookie         sets session=abc, drops old
 */
#ifndef ATHENA_TESTS_UNIT_HTTP_SERVER_H
#define ATHENA_TESTS_UNIT_HTTP_SERVER_H

struct http_server;

/* NULL when there is no port or no thread. */
struct http_server *http_server_start(void);
/* Ends all connections, joins all threads. */
void http_server_stop(struct http_server *server);

int http_server_port(const struct http_server *server);
int http_server_connections(const struct http_server *server); /* accepted so far */
int http_server_requests(const struct http_server *server);    /* received so far */

#endif
