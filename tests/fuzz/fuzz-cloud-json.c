/* SPDX-License-Identifier: Apache-2.0 */

/* Replies of the cloud: the first byte chooses the endpoint, the second the status, the rest is the body.
 * Whatever it is, it is judged, and every reader of replies gets it. */

#include "cloud/account.h"
#include "cloud/claim.h"
#include "cloud/device.h"
#include "cloud/error.h"
#include "cloud/events.h"
#include "cloud/lookup.h"
#include "cloud/product.h"
#include "cloud/reply.h"
#include "cloud/sim.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const int statuses[] = { 200, 201, 202, 204, 205, 302, 400, 401, 403, 404, 405,
                                407, 408, 410, 429, 500, 502, 503, 504, 529, 0,   999 };

static void judge(const uint8_t *data, const char *body, size_t len)
{
        struct http_reply reply = {
                .cause = "",
                .status = statuses[data[1] % ELEMENTSOF(statuses)],
                .body = body,
                .len = len,
                .content_type = "",
                .request_id = body,
                .location = body,
        };
        struct trouble v;

        cloud_judge((enum cloud_endpoint)(data[0] % _ENDPOINT_MAX), &reply, &v);
        assert(strlen(v.cause) < sizeof(v.cause));
        assert((v.fault == FAULT_NONE) == (v.cause[0] == 0));
        assert(v.fault != FAULT_NONE || (reply.status >= 200 && reply.status < 300));
        for (const char *c = v.cause; *c; c++) /* one line that no terminal obeys */
                assert((unsigned char)*c >= 0x20 && *c != 0x7f);
}

static void read_devices(const json_t *j)
{
        struct cloud_device *devices = NULL, d;
        size_t n = 0;

        if (reply_devices(j, &devices, &n) == 0)
                for (size_t i = 0; i < n; i++)
                        assert(devices[i].known && devices[i].id && *devices[i].id);
        free(devices);
        if (reply_device(j, NULL, &d) == 0)
                assert(d.known && d.last_handshake_s >= 0);
}

static void read_secrets(const json_t *j)
{
        _cleanup_(secret_freep) struct secret *secret = NULL, *code = NULL, *token = NULL, *mfa = NULL;
        struct cloud_serial serial;
        char id[CLOUD_ID_LEN + 1];
        int64_t expires_s;

        if (reply_serial(j, id, &serial, &secret) == 0)
                assert(strlen(serial.device_id) == CLOUD_ID_LEN && serial.mobile_secret == secret);
        if (reply_claim_code(j, &code) == 0)
                assert(secret_len(code) > 0 && secret_len(code) <= 63);
        if (reply_token(j, 1, &token, &expires_s) == 0)
                assert(secret_len(token) > 0 && expires_s >= 0);
        if (reply_mfa_wanted(j, &mfa) == 0)
                assert(secret_len(mfa) > 0);
}

static void read_account(const json_t *j)
{
        struct cloud_account account;
        const char **scopes = NULL;

        if (reply_account(j, j, &account, &scopes) == 0)
                assert(account.user && (!account.n_scopes || account.scopes[account.n_scopes - 1]));
        free(scopes);
}

static void read_rest(const json_t *j, size_t len)
{
        static struct secret *sent;
        struct cloud_imports imports;
        struct cloud_product product;
        struct cloud_claim claim;
        struct cloud_limit limit;
        struct cloud_news news;
        struct cloud_sim sim;
        char id[CLOUD_ID_LEN + 1];

        if (!sent && secret_new("{\"ids\":[\"a\",\"b\"]}", 17, &sent) < 0)
                return;
        (void)reply_claim(j, "e00fce681fffffffffc08949", &claim);
        (void)reply_done(j, len, "e00fce681fffffffffc08949");
        (void)reply_limit(j, &limit);
        if (reply_product(j, &product) == 0)
                assert(product.id);
        if (reply_imports(j, sent, &imports) == 0)
                assert(imports.n == 2 && imports.result[1] < _IMPORT_MAX);
        if (reply_sim(j, "8934076500002589174", &sim) == 0)
                assert(sim.state < _SIM_STATE_MAX && sim.status);
        if (reply_event(j, id, &news) == 0)
                assert(news.data && strlen(news.device_id) == CLOUD_ID_LEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(json_decref_ptr) json_t *j = NULL;
        _cleanup_(freep) char *body = NULL;

        if (secret_init() < 0 || size < 2)
                return 0;
        body = malloc(size - 1);
        if (!body)
                return 0;
        memcpy(body, data + 2, size - 2);
        body[size - 2] = 0; /* as http.h promises */
        judge(data, body, size - 2);
        if (cloud_json_read(body, size - 2, &j) < 0)
                return 0;
        read_devices(j);
        read_secrets(j);
        read_account(j);
        read_rest(j, size - 2);
        return 0;
}
