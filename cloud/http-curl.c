/* SPDX-License-Identifier: Apache-2.0 */

/* libcurl brings some thirty libraries along (LDAP, Kerberos, a second TLS): 3 ms of every start and 4 MB,
 * also of "usher --help". So it is loaded when the first client is made, into a table of the functions that
 * are used; only its header is needed to build. */

#include "cloud/http-curl.h"
#include "cloud/wipe.h"
#include "proto/base/cleanup.h"
#include "proto/base/standard.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct curl_api curl;

static const struct {
        const char *name;
        size_t at;
} symbols[] = {
        { "curl_global_init", offsetof(struct curl_api, global_init) },
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

/* glibc has no number for it, only these words. */
static bool is_out_of_memory(const char *why)
{
        return why && (strstr(why, "failed to map segment") || strcasestr(why, "cannot allocate memory") ||
                       strstr(why, "cannot create shared object descriptor"));
}

/* A table of which a part is missing is never seen by anybody. */
static int load(void)
{
        struct curl_api found = {};
        void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

        if (!library)
                return is_out_of_memory(dlerror()) ? -ENOMEM : -ELIBACC;
        for (size_t i = 0; i < ELEMENTSOF(symbols); i++) {
                void *symbol = dlsym(library, symbols[i].name);

                if (!symbol)
                        return -ELIBACC;
                memcpy((char *)&found + symbols[i].at, &symbol, sizeof(symbol));
        }
        curl = found;
        return 0;
}

/* libcurl and its TLS write every session's keys to the file that SSLKEYLOGFILE names. */
static int init(void)
{
        CURLcode code;

        if (!standard_is_program())
                code = curl.global_init(CURL_GLOBAL_DEFAULT);
        else if (unsetenv("SSLKEYLOGFILE") < 0)
                return -EIO;
        else
                code = curl.global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_free, wipe_realloc, strdup,
                                            calloc);
        return code == CURLE_OK ? 0 : -EIO;
}

int curl_start(void)
{
        static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
        static bool started;
        int r = 0;

        (void)pthread_mutex_lock(&lock);
        if (!started) {
                r = load();
                if (r == 0)
                        r = init();
                started = r == 0;
        }
        (void)pthread_mutex_unlock(&lock);
        return r;
}
