/* HTTP/2 or not. See http_way.h for the drawing. */
#include "ops/http_way.h"

enum http_turn http_way_next(struct http_way *w)
{
    switch (w->state) {
    case HTTP_WAY_UNKNOWN:
        w->state = HTTP_WAY_PROBED;
        return HTTP_TURN_PROBE;
    case HTTP_WAY_HTTP2:
        return HTTP_TURN_HTTP2;
    case HTTP_WAY_PROBED:
    case HTTP_WAY_HTTP1:
        break;
    }
    return HTTP_TURN_HTTP1;
}

bool http_way_answered(struct http_way *w, enum http_turn turn, bool is_http2)
{
    if (turn == HTTP_TURN_HTTP1) return true;
    if (turn == HTTP_TURN_PROBE) {
        w->state = is_http2 ? HTTP_WAY_HTTP2 : HTTP_WAY_HTTP1;
        return true;
    }
    if (!is_http2) w->state = HTTP_WAY_HTTP1;
    return is_http2;
}

void http_way_lost(struct http_way *w, enum http_turn turn, bool is_silent)
{
    if (turn == HTTP_TURN_HTTP1) return;
    if (is_silent) {
        w->state = HTTP_WAY_HTTP1;
    } else if (turn == HTTP_TURN_PROBE) {
        w->state = HTTP_WAY_UNKNOWN;
    }
}
