/* SPDX-License-Identifier: Apache-2.0 */

/* libcurl brings some thirty libraries along (LDAP, Kerberos, a second TLS): 3 ms of every start and 4 MB,
 * also of "usher --help". So it is loaded when the first client is made, into a table of the functions that
 * are used; only its header is needed to build. Addresses are judged with curl's own parser, so that the
 * check and the connection cannot read the same text differently. */

#include "cloud/http-curl.h"
#include "cloud/wipe.h"
#include "proto/base/cleanup.h"
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

struct curl_api curl;

static const struct {
        const char *name;
        size_t at;
} symbols[] = {
        { "curl_global_init_mem", offsetof(struct curl_api, global_init_mem) },
        { "curl_easy_init", offsetof(struct curl_api, easy_init) },
        { "curl_easy_cleanup", offsetof(struct curl_api, easy_cleanup) },
        { "curl_easy_setopt", offsetof(struct curl_api, easy_setopt) },
        { "curl_easy_getinfo", offsetof(struct curl_api, easy_getinfo) },
        { "curl_easy_header", offsetof(struct curl_api, easy_header) },
        { "curl_easy_pause", offsetof(struct curl_api, easy_pause) },
        { "curl_easy_strerror", offsetof(struct curl_api, easy_strerror) },
        { "curl_multi_init", offsetof(struct curl_api, multi_init) },
        { "curl_multi_cleanup", offsetof(struct curl_api, multi_cleanup) },
        { "curl_multi_setopt", offsetof(struct curl_api, multi_setopt) },
        { "curl_multi_assign", offsetof(struct curl_api, multi_assign) },
        { "curl_multi_add_handle", offsetof(struct curl_api, multi_add_handle) },
        { "curl_multi_remove_handle", offsetof(struct curl_api, multi_remove_handle) },
        { "curl_multi_info_read", offsetof(struct curl_api, multi_info_read) },
        { "curl_multi_socket_action", offsetof(struct curl_api, multi_socket_action) },
        { "curl_url", offsetof(struct curl_api, url) },
        { "curl_url_set", offsetof(struct curl_api, url_set) },
        { "curl_url_get", offsetof(struct curl_api, url_get) },
        { "curl_url_cleanup", offsetof(struct curl_api, url_cleanup) },
        { "curl_free", offsetof(struct curl_api, free) },
};

static int load(void)
{
        void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

        if (!library)
                return -ELIBACC;
        for (size_t i = 0; i < ELEMENTSOF(symbols); i++) {
                void *symbol = dlsym(library, symbols[i].name);

                if (!symbol)
                        return -ELIBACC;
                memcpy((char *)&curl + symbols[i].at, &symbol, sizeof(symbol));
        }
        return 0;
}

int curl_start(void)
{
        static bool started;
        int r;

        if (started)
                return 0;
        r = load();
        if (r < 0)
                return r;
        if (curl.global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_free, wipe_realloc, strdup, calloc))
                return -EIO;
        started = true;
        return 0;
}

enum http_failure curl_failure(CURL *easy, CURLcode code, bool too_large)
{
        curl_off_t pretransfer_us = 0;

        switch ((int)code) {
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
                (void)curl.easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
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
        curl.free(*p);
}

static void curl_url_cleanupp(CURLU **u)
{
        curl.url_cleanup(*u);
}

static bool has_part(CURLU *u, CURLUPart part)
{
        _cleanup_(curl_freep) char *text = NULL;

        return curl.url_get(u, part, &text, 0) == CURLUE_OK;
}

int http_url_check(const char *url, const char **ret_why)
{
        _cleanup_(curl_url_cleanupp) CURLU *u = NULL;
        _cleanup_(curl_freep) char *scheme = NULL, *host = NULL;

        *ret_why = "This is not an address like https://api.particle.io.";
        if (curl_start() < 0) {
                *ret_why = "libcurl cannot be loaded: install libcurl4.";
                return -EINVAL;
        }
        u = curl.url();
        if (!u || curl.url_set(u, CURLUPART_URL, url, 0) || curl.url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
            curl.url_get(u, CURLUPART_HOST, &host, 0))
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
