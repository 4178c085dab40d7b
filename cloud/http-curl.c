/* SPDX-License-Identifier: Apache-2.0 */

/* What http.c asks of libcurl apart from transfers. Addresses are judged with curl's own parser, so that the
 * check and the connection cannot read the same text differently. */

#include "cloud/http-curl.h"
#include "cloud/wipe.h"
#include "proto/base/cleanup.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <string.h>

int curl_start(void)
{
        static bool started;

        if (started)
                return 0;
        if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_free, wipe_realloc, strdup, calloc))
                return -EIO;
        started = true;
        return 0;
}

enum http_failure curl_failure(void *easy, int code, bool too_large)
{
        curl_off_t pretransfer_us = 0;

        switch (code) {
        case CURLE_OK: return HTTP_ANSWERED;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PROXY: return HTTP_UNSENT;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return HTTP_UNTRUSTED;
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_PARTIAL_FILE:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
        case CURLE_SEND_FAIL_REWIND:
                (void)curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
                if (pretransfer_us == 0)
                        return HTTP_UNSENT;
                return code == CURLE_OPERATION_TIMEDOUT ? HTTP_TIMED_OUT : HTTP_LOST;
        case CURLE_UNSUPPORTED_PROTOCOL: /* also HTTP/0.9: an answer without a status line */
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING: return HTTP_GARBLED;
        case CURLE_WRITE_ERROR: return too_large ? HTTP_TOO_LARGE : HTTP_LOCAL;
        default: return HTTP_LOCAL;
        }
}

static bool is_loopback(const char *host)
{
        struct in6_addr v6;
        struct in_addr v4;

        if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
                return true;
        if (inet_pton(AF_INET, host, &v4) == 1)
                return ntohl(v4.s_addr) >> 24 == 127;
        return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static void curl_freep(char **p)
{
        curl_free(*p);
}

static void curl_url_cleanupp(CURLU **u)
{
        curl_url_cleanup(*u);
}

static bool has_part(CURLU *u, CURLUPart part)
{
        _cleanup_(curl_freep) char *text = NULL;

        return curl_url_get(u, part, &text, 0) == CURLUE_OK;
}

int http_url_check(const char *url, const char **ret_why)
{
        _cleanup_(curl_url_cleanupp) CURLU *u = NULL;
        _cleanup_(curl_freep) char *scheme = NULL, *host = NULL;

        *ret_why = "This is not an address like https://api.particle.io.";
        if (curl_start() < 0)
                return -EINVAL;
        u = curl_url();
        if (!u || curl_url_set(u, CURLUPART_URL, url, 0) || curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
            curl_url_get(u, CURLUPART_HOST, &host, 0))
                return -EINVAL;
        if (has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_QUERY) || has_part(u, CURLUPART_FRAGMENT)) {
                *ret_why = "The address of a cloud has no user, query or fragment.";
                return -EINVAL;
        }
        if (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && is_loopback(host)))
                return 0;
        if (strcmp(scheme, "http") == 0)
                *ret_why = "Plain http would show the token to the network: it is allowed to loopback "
                           "addresses only. Use https.";
        return -EINVAL;
}
