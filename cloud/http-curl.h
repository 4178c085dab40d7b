/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of http: libcurl as a table of functions, loaded when the first client is made. */

#include <curl/curl.h>

struct curl_api {
        __typeof__(&curl_global_init) global_init;
        __typeof__(&curl_global_init_mem) global_init_mem;
        __typeof__(&curl_easy_init) easy_init;
        __typeof__(&curl_easy_cleanup) easy_cleanup;
        __typeof__(&curl_easy_setopt) easy_setopt;
        __typeof__(&curl_easy_getinfo) easy_getinfo;
        __typeof__(&curl_easy_header) easy_header;
        __typeof__(&curl_easy_pause) easy_pause;
        __typeof__(&curl_easy_strerror) easy_strerror;
        __typeof__(&curl_multi_init) multi_init;
        __typeof__(&curl_multi_cleanup) multi_cleanup;
        __typeof__(&curl_multi_setopt) multi_setopt;
        __typeof__(&curl_multi_assign) multi_assign;
        __typeof__(&curl_multi_add_handle) multi_add_handle;
        __typeof__(&curl_multi_remove_handle) multi_remove_handle;
        __typeof__(&curl_multi_info_read) multi_info_read;
        __typeof__(&curl_multi_socket_action) multi_socket_action;
        __typeof__(&curl_url) url;
        __typeof__(&curl_url_set) url_set;
        __typeof__(&curl_url_get) url_get;
        __typeof__(&curl_url_cleanup) url_cleanup;
        __typeof__(&curl_free) free;
};

/* Filled by curl_start(), not to be used before. */
extern struct curl_api curl;

/* Once per process, from any thread, and cheap afterwards: loads libcurl. In a program of ours (standard.h)
 * it gets a heap that wipes, and SSLKEYLOGFILE is taken out of the environment before; in somebody else's,
 * who may use libcurl as well, heap and environment stay as they are. 0, -ELIBACC if there is no libcurl,
 * -ENOMEM if there is no room for it, -EIO. */
int curl_start(void);
