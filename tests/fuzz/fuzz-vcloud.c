/* SPDX-License-Identifier: Apache-2.0 */

/* The virtual cloud's HTTP handling: an input is a row of requests, separated by 0x1e, that one cloud with
 * some of everything answers. A request is a line "METHOD PATH", a line with the content type, and a body.
 * Every answer must be one that HTTP can carry, and the registry must survive its own dump. */

#include "proto/base/secret.h"
#include "proto/base/timer-virtual.h"
#include "tests/sim/cloud/cloud.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char seed[] =
        "{\"users\":[{\"username\":\"u\",\"password\":\"p\",\"otp\":\"1\",\"max_devices\":2}],"
        "\"tokens\":[{\"token\":\"t\",\"user\":\"u\"}],"
        "\"clients\":[{\"id\":\"c\",\"secret\":\"s\",\"product_id\":7},{\"id\":\"particle\",\"secret\":\"particle\"}],"
        "\"devices\":[{\"id\":\"e00fce680000000000000001\",\"owner\":\"u\",\"serial\":\"S1\",\"iccid\":\"8934\"},"
        "{\"id\":\"e00fce680000000000000002\",\"online\":true}],"
        "\"products\":[{\"id\":7,\"owner\":\"u\"}],\"sims\":[{\"iccid\":\"8934\"}],"
        "\"firmware\":[{\"id\":\"f\",\"from\":1}],"
        "\"releases\":[{\"version\":\"6.2.0\",\"internal_version\":6200,\"platforms\":{\"12\":[{\"base64\":\"AA\"}]}}]}";

#define MAX_FIELD 4096

/* A NUL-terminated copy of what comes before `end`; moves on behind it. */
static void take(const uint8_t **at, const uint8_t *limit, int end, char ret[static MAX_FIELD])
{
        const uint8_t *stop = memchr(*at, end, (size_t)(limit - *at));
        size_t len = (size_t)((stop ?: limit) - *at);

        if (len >= MAX_FIELD)
                len = MAX_FIELD - 1;
        memcpy(ret, *at, len);
        ret[len] = 0;
        *at = stop ? stop + 1 : limit;
}

static void drain(struct vcloud_stream *s)
{
        char bytes[256];
        size_t n;

        while (s && vcloud_stream_read(s, bytes, sizeof(bytes), &n) == 0)
                ;
}

static void ask(struct vcloud *c, const uint8_t *at, const uint8_t *limit)
{
        char method[MAX_FIELD], path[MAX_FIELD], type[MAX_FIELD], *question;
        const struct vcloud_header header[] = { { "Authorization", "Bearer t" }, { "Content-Type", type } };
        struct vcloud_request q = { .method = method, .path = path, .header = header };
        struct vcloud_reply r;

        take(&at, limit, ' ', method);
        take(&at, limit, '\n', path);
        take(&at, limit, '\n', type);
        question = strchr(path, '?');
        if (question) {
                *question = 0;
                q.query = question + 1;
        }
        q.n_headers = *type ? 2 : 1;
        q.body = at;
        q.len = (size_t)(limit - at);
        if (vcloud_handle(c, &q, &r) < 0)
                abort();
        if (r.status < 200 || r.status > 599 || (r.len > 0 && r.body[r.len] != 0))
                abort();
        drain(r.stream);
        vcloud_reply_done(&r);
        timer_virtual_advance(100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(vcloud_freep) struct vcloud *c = NULL, *again = NULL;
        _cleanup_(freep) char *why = NULL, *dump = NULL;
        const uint8_t *limit = data + size;

        if (secret_init() < 0 || vcloud_new(NULL, seed, &why, &c) < 0)
                abort();
        while (data < limit) {
                const uint8_t *end = memchr(data, 0x1e, (size_t)(limit - data)) ?: limit;

                ask(c, data, end);
                data = end < limit ? end + 1 : limit;
        }
        if (vcloud_dump(c, &dump) < 0 || vcloud_new(NULL, dump, &why, &again) < 0)
                abort();
        return 0;
}
