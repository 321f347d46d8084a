/*
 * What curl's errors mean for the user: SQLSTATE, what happened, and what to do about it.
 *
 * The texts name options of the driver, which the engine otherwise knows nothing of: this is where
 * it is known what failed, and one place for all words is easier to keep right than one per caller.
 */
#include <stdio.h>
#include <string.h>

#include "engine/http_easy.h"

#define CHECK_CERTIFICATE \
    "; name the file of the authority that signed it in TrustedCerts, or ask who runs the network"

/* clang-format off */
static const struct {
    CURLcode code;
    enum sqlstate state;
    const char *what;
    bool is_of_place;   /* "; check" and the options that say where the host is */
    const char *advice;
} meanings[] = {
    {CURLE_COULDNT_RESOLVE_HOST, SQLSTATE_08000, "the host name cannot be resolved",
     true, ", the network's name servers, or set ProxyHost"},
    {CURLE_COULDNT_RESOLVE_PROXY, SQLSTATE_08000, "the name of the proxy cannot be resolved",
     false, "; check ProxyHost"},
    {CURLE_COULDNT_CONNECT, SQLSTATE_08001, "no connection to be had",
     true, ", the firewall, or set ProxyHost and ProxyPort"},
    {CURLE_URL_MALFORMAT, SQLSTATE_08001, "this is no valid address", true, ""},
    {CURLE_UNSUPPORTED_PROTOCOL, SQLSTATE_08001, "only http and https can be spoken", true, ""},
    {CURLE_LOGIN_DENIED, SQLSTATE_08001, "an address must not contain a user name", true, ""},
    {CURLE_OPERATION_TIMEDOUT, SQLSTATE_HYT01, "no connection in time",
     true, " and the firewall, or set ConnectionTimeout"},
    {CURLE_SSL_CONNECT_ERROR, SQLSTATE_08006, "the TLS handshake failed",
     false, "; check that the host and port speak HTTPS, and ProxyHost"},
    {CURLE_PEER_FAILED_VERIFICATION, SQLSTATE_08006, "the server's certificate is not trusted",
     false, CHECK_CERTIFICATE},
    {CURLE_SSL_ISSUER_ERROR, SQLSTATE_08006, "the server's certificate is not trusted",
     false, CHECK_CERTIFICATE},
    {CURLE_SSL_INVALIDCERTSTATUS, SQLSTATE_08006, "the server's certificate is not trusted",
     false, CHECK_CERTIFICATE},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, SQLSTATE_08006, "the server's certificate is not trusted",
     false, CHECK_CERTIFICATE},
    {CURLE_SSL_CACERT_BADFILE, SQLSTATE_08006, "the file of trusted certificates cannot be used",
     false, "; check TrustedCerts, or install the system's certificates (package ca-certificates)"},
    {CURLE_SSL_CERTPROBLEM, SQLSTATE_08006, "the local certificate cannot be used", false, ""},
    {CURLE_SSL_CIPHER, SQLSTATE_08006, "no TLS cipher in common", false, ""},
    {CURLE_SSL_ENGINE_NOTFOUND, SQLSTATE_08006, "TLS is not available", false, ""},
    {CURLE_SSL_ENGINE_SETFAILED, SQLSTATE_08006, "TLS is not available", false, ""},
    {CURLE_USE_SSL_FAILED, SQLSTATE_08006, "TLS is not available", false, ""},
    {CURLE_PROXY, SQLSTATE_08001, "the proxy refuses",
     false, "; check ProxyHost, ProxyPort, ProxyUID and ProxyPWD"},
    {CURLE_OUT_OF_MEMORY, SQLSTATE_HY001, "out of memory", false, ""},
    {CURLE_GOT_NOTHING, SQLSTATE_08S01, "the connection was closed without an answer", false, ""},
    {CURLE_PARTIAL_FILE, SQLSTATE_08S01, "the answer ended too early", false, ""},
    {CURLE_RECV_ERROR, SQLSTATE_08S01, "the connection was lost while receiving", false, ""},
    {CURLE_SEND_ERROR, SQLSTATE_08S01, "the connection was lost while sending", false, ""},
};
/* clang-format on */

/* True when a proxy answered CONNECT with a refusal: curl reports that as a lost connection. */
static bool proxy_refused(const struct http_easy *easy, long *status)
{
    *status = 0;
    curl_easy_getinfo(easy->curl, CURLINFO_HTTP_CONNECTCODE, status);
    return *status != 0 && *status / 100 != 2;
}

/* A SOCKS proxy did not like user and password, or wanted some. */
static bool proxy_wants_password(const struct http_easy *easy, CURLcode code)
{
#if LIBCURL_VERSION_NUM >= 0x074900
    static const long meanings_of[] = {CURLPX_NO_AUTH, CURLPX_USER_REJECTED, CURLPX_IDENTD_DIFFER};
    long why = CURLPX_OK;

    if (code != CURLE_PROXY) return false;
    curl_easy_getinfo(easy->curl, CURLINFO_PROXY_ERROR, &why);
    for (size_t i = 0; i < sizeof meanings_of / sizeof meanings_of[0]; i++) {
        if (why == meanings_of[i]) return true;
    }
#else
    (void)easy;
    (void)code;
#endif
    return false;
}

/* 28000, which is not tried again: an account at a proxy may be closed after some wrong passwords. */
static enum status refuse_by_proxy(struct fault *f, CURLcode code, const struct http_easy *easy,
                                   long status)
{
    if (status == 407 || !status) {
        return fault_set(f, SQLSTATE_28000, (int)code,
                         "connecting to %s: the proxy refuses the user and the password, or their "
                         "absence; check ProxyUID and ProxyPWD",
                         easy->host);
    }
    return fault_set(f, SQLSTATE_08001, (int)code,
                     "connecting to %s: the proxy answered with HTTP status %ld; check ProxyHost, "
                     "ProxyPort, ProxyUID and ProxyPWD",
                     easy->host, status);
}

void http_fault_of_proxy(struct fault *f, const struct http_easy *easy)
{
    refuse_by_proxy(f, CURLE_OK, easy, 407);
}

/* An answer that is not HTTP counts as an unsupported protocol, too (HTTP/0.9). */
static bool was_answered(const struct http_easy *easy)
{
    long request_bytes = 0;

    curl_easy_getinfo(easy->curl, CURLINFO_REQUEST_SIZE, &request_bytes);
    return request_bytes > 0;
}

static bool set_own_reason(struct fault *f, CURLcode code, const struct http_easy *easy)
{
    const struct http *h = easy->http;
    long proxy_status;

    if (easy->was_refused) {
        fault_set(f, SQLSTATE_08S01, (int)code, "talking to %s: the receiver refused the data",
                  easy->host);
    } else if (easy->is_too_large) {
        fault_set(f, SQLSTATE_08S01, (int)code,
                  "talking to %s: the answer is larger than %zu bytes", easy->host,
                  easy->max_body_bytes);
    } else if (code == CURLE_WRITE_ERROR && (!buf_ok(&h->body) || !buf_ok(&h->headers))) {
        fault_set(f, SQLSTATE_HY001, (int)code, "talking to %s: out of memory for the answer",
                  easy->host);
    } else if (code == CURLE_UNSUPPORTED_PROTOCOL && was_answered(easy)) {
        fault_set(f, SQLSTATE_08S01, (int)code,
                  "talking to %s: what answers there is not HTTP; check %s", easy->host,
                  easy->place);
    } else if (proxy_refused(easy, &proxy_status) || proxy_wants_password(easy, code)) {
        refuse_by_proxy(f, code, easy, proxy_status);
    }
    return fault_is_set(f);
}

void http_fault_set(struct fault *f, CURLcode code, const struct http_easy *easy)
{
    const char *detail = easy->error[0] != '\0' ? easy->error : curl_easy_strerror(code);

    if (set_own_reason(f, code, easy)) return;
    /* What curl says about an address may repeat it, a proxy's with its password: "user:...@host". */
    if (code == CURLE_URL_MALFORMAT || strchr(detail, '@')) detail = curl_easy_strerror(code);
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (meanings[i].code != code) continue;
        fault_set(f, meanings[i].state, (int)code, "connecting to %s: %s (%s)%s%s%s", easy->host,
                  meanings[i].what, detail, meanings[i].is_of_place ? "; check " : "",
                  meanings[i].is_of_place ? easy->place : "", meanings[i].advice);
        return;
    }
    fault_set(f, SQLSTATE_08S01, (int)code, "talking to %s: the exchange failed (%s)", easy->host,
              detail);
}

void http_fault_timeout(struct http_easy *easy, const char *what, int64_t after_ms)
{
    char text[HTTP_HOST_BYTES + 128];

    snprintf(text, sizeof text, "talking to %s: %s took longer than %lld ms", easy->host, what,
             (long long)after_ms);
    http_fail(easy, SQLSTATE_HYT01, CURLE_OPERATION_TIMEDOUT, text);
}
