/* SPDX-License-Identifier: Apache-2.0 */

/* Lookups are limited to 50 an hour: what a cloud has said of a serial number is kept (serials.h) and not
 * asked for again, and after a refusal nothing is asked for a while. */

#include "cloud/lookup.h"
#include "cloud/call.h"
#include "cloud/reply.h"
#include "cloud/serials.h"
#include "cloud/url.h"
#include "proto/base/timer.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

enum { SERIALS_PAUSE_MS = 300000 /* where the cloud does not say how long */ };

static void keep_serial(const struct cloud_client *c, const char *serial, const struct cloud_serial *s)
{
        struct serial_entry e = { .platform_id = s->platform_id }, kept;

        if (!c->serials_file)
                return;
        (void)snprintf(e.serial, sizeof(e.serial), "%s", serial);
        (void)snprintf(e.device_id, sizeof(e.device_id), "%s", s->device_id);
        (void)snprintf(e.iccid, sizeof(e.iccid), "%s", s->iccid ? s->iccid : "");
        if (serials_find(c->serials_file, c->url, serial, &kept) < 0 ||
            strcmp(kept.device_id, e.device_id) != 0)
                (void)serials_add(c->serials_file, c->url,
                                  &e); /* if not, the cloud is asked again, no more */
}

static json_t *known_serial(const struct cloud_client *c, const char *serial)
{
        struct serial_entry e;

        if (!c->serials_file || serials_find(c->serials_file, c->url, serial, &e) < 0)
                return NULL;
        return json_pack("{s:s, s:s*, s:i}", "device_id", e.device_id, "iccid", e.iccid[0] ? e.iccid : NULL,
                         "platform_id", (int)e.platform_id);
}

/* One refusal speaks for all lookups of the next time: a list of them is not to knock one by one. */
static void note_limit(struct cloud_client *c, const struct cloud_error *e)
{
        uint64_t wait_ms = e->retry_after_s ? e->retry_after_s * 1000ull : SERIALS_PAUSE_MS;

        if (timer_now_ms() >= c->serials_again_ms)
                c->serials_again_ms = timer_now_ms() + wait_ms;
}

int reply_serial(const json_t *j, char id[static CLOUD_ID_LEN + 1], struct cloud_serial *ret,
                 struct secret **ret_secret)
{
        struct cloud_serial s = { 0 };
        const char *device_id = reply_text(j, "deviceID", "device_id"), *secret;
        int r;

        if (!device_id || url_device_id(device_id, id) < 0)
                return -EBADMSG;
        s.device_id = id;
        s.iccid = cloud_json_text(j, "iccid");
        s.platform_id = cloud_json_number(j, "platform_id");
        secret = cloud_json_text(j, "mobile_secret");
        if (secret) {
                r = secret_new(secret, strlen(secret), ret_secret);
                if (r < 0)
                        return r;
                s.mobile_secret = *ret_secret;
        }
        *ret = s;
        return 0;
}

static void read_serial(struct call_end *end)
{
        cloud_serial_fn done = (cloud_serial_fn)end->done;
        _cleanup_(secret_freep) struct secret *secret = NULL;
        struct cloud_serial s;
        char id[CLOUD_ID_LEN + 1];

        if (end->error->trouble.fault == FAULT_NONE && reply_serial(end->json, id, &s, &secret) < 0)
                call_end_unreadable(end);
        if (end->error->trouble.fault == FAULT_NONE)
                keep_serial(end->client, end->subject, &s);
        else if (end->error->trouble.fault == FAULT_CLOUD_BUSY)
                note_limit(end->client, end->error);
        done(end->userdata, end->error, end->error->trouble.fault == FAULT_NONE ? &s : NULL);
}

static bool is_serial(const char *serial)
{
        size_t len = 0;

        while (isalnum((unsigned char)serial[len]))
                len++;
        return len > 0 && len <= 32 && !serial[len];
}

int cloud_serial(struct cloud_client *c, const char *serial, const struct secret *partial_secret,
                 bool needed, cloud_serial_fn done, void *userdata, struct op **ret)
{
        static const struct trouble used_up = { FAULT_CLOUD_BUSY,
                                                "the lookups of serial numbers are used up for now" };
        const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_SERIAL,
                .retry = needed ? RETRY_FREELY : RETRY_UNLIMITED,
                .budget = BUDGET_SERIAL,
                .secrets = { partial_secret },
                .subject = serial,
                .read = read_serial,
        };
        uint64_t now_ms = timer_now_ms();
        json_t *known;

        if (!is_serial(serial))
                return -EINVAL;
        known = partial_secret ? NULL : known_serial(c, serial);
        if (known)
                return call_known(c, &request, (call_done_fn)done, userdata, ret, known);
        if (now_ms < c->serials_again_ms)
                return call_refuse(c, &request, (call_done_fn)done, userdata, ret, &used_up,
                                   c->serials_again_ms - now_ms);
        if (!partial_secret)
                return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/serial_numbers/%s",
                                  serial);
        return call_start(c, &request, (call_done_fn)done, userdata, ret,
                          "/v1/serial_numbers/%s?mobile_secret=%s", serial, secret_text(partial_secret));
}
