/* SPDX-License-Identifier: Apache-2.0 */

/* Addresses are judged with curl's own parser, so that the check and the connection cannot read the same
 * text differently. */

#include "cloud/http-private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

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
        if (*p)
                curl.free(*p);
}

static void curl_url_cleanupp(CURLU **u)
{
        if (*u)
                curl.url_cleanup(*u);
}

static bool has_part(CURLU *u, CURLUPart part)
{
        _cleanup_(curl_freep) char *text = NULL;

        return curl.url_get(u, part, &text, 0) == CURLUE_OK;
}

static int refuse_address(struct trouble *ret)
{
        return trouble_set(ret, FAULT_CONFIG, "This is not an address like https://api.particle.io.");
}

static bool take_apart(CURLU *u, const char *url, char **ret_scheme, char **ret_host)
{
        return u && !curl.url_set(u, CURLUPART_URL, url, 0) &&
               !curl.url_get(u, CURLUPART_SCHEME, ret_scheme, 0) &&
               !curl.url_get(u, CURLUPART_HOST, ret_host, 0);
}

static int check(const char *url, struct trouble *ret_trouble)
{
        _cleanup_(curl_url_cleanupp) CURLU *u = curl.url();
        _cleanup_(curl_freep) char *scheme = NULL, *host = NULL;

        if (!take_apart(u, url, &scheme, &host))
                return refuse_address(ret_trouble);
        if (has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_QUERY) || has_part(u, CURLUPART_FRAGMENT))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "The address of a cloud has no user, query or fragment.");
        if (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && is_loopback(host)))
                return 0;
        if (strcmp(scheme, "http") == 0)
                return trouble_set(
                        ret_trouble, FAULT_CONFIG,
                        "Plain http would show the token to the network: it is allowed to loopback "
                        "addresses only. Use https.");
        return refuse_address(ret_trouble);
}

int http_file_check(const char *url, bool plain, struct trouble *ret_trouble)
{
        _cleanup_(curl_url_cleanupp) CURLU *u = curl.url();
        _cleanup_(curl_freep) char *scheme = NULL, *host = NULL;

        if (!take_apart(u, url, &scheme, &host) || has_part(u, CURLUPART_USER))
                return trouble_set(ret_trouble, FAULT_CLOUD_ANSWER,
                                   "what the cloud names for the firmware file is no address");
        if (strcmp(scheme, "https") == 0 || (plain && strcmp(scheme, "http") == 0 && is_loopback(host)))
                return 0;
        return trouble_set(ret_trouble, FAULT_CLOUD_ANSWER, "the address of the firmware file is not https");
}

/* The cleanups of check() are curl's own functions: there is nothing to clean with before it is loaded. */
int http_url_check(const char *url, struct trouble *ret_trouble)
{
        int r = curl_start();

        if (r == -ENOMEM)
                return trouble_set(
                        ret_trouble, FAULT_INTERNAL,
                        "there is not enough memory to load libcurl: is it limited ('ulimit -v', a "
                        "service's MemoryMax=)?");
        if (r < 0)
                return trouble_set(ret_trouble, FAULT_INSTALLATION,
                                   "libcurl cannot be loaded: install libcurl4.");
        return check(url, ret_trouble);
}
