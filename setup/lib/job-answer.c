/* SPDX-License-Identifier: Apache-2.0 */

/* What a person answers. What is not said of the network, the device's scan tells: its security, or that it
 * is hidden. */

#include "setup/flow/wifi-seen.h"
#include "setup/lib/job-private.h"
#include <errno.h>
#include <string.h>

static void take_seen(const struct job *job, struct wifi_network *n, bool open)
{
        const struct message_network *seen = wifi_seen(job, n);

        n->hidden = !seen;
        n->security = seen ? seen->security : open ? WIFI_OPEN : WIFI_SECURITY_AUTO;
}

int network_make(const struct job *job, const void *ssid, size_t ssid_len, const void *password,
                 size_t password_len, struct wifi_network *ret, struct trouble *trouble)
{
        if (ssid_len > WIFI_SSID_MAX || (ssid && ssid_len == 0) || password_len > WIFI_PASSWORD_MAX)
                return trouble_set(trouble, FAULT_CONFIG,
                                   "the name of a network has 1 to %d bytes, its password %d at most",
                                   WIFI_SSID_MAX, WIFI_PASSWORD_MAX);
        *ret = (struct wifi_network){ .security = WIFI_SECURITY_AUTO, .ssid_len = ssid_len };
        if (ssid) {
                memcpy(ret->ssid, ssid, ssid_len);
                take_seen(job, ret, password && password_len == 0);
        }
        if (!password || ret->security == WIFI_OPEN)
                return 0;
        return secret_new(password, password_len, &ret->password);
}

static int answer(struct usher_job *j, bool again, const void *ssid, size_t ssid_len, const void *password,
                  size_t password_len)
{
        _cleanup_(ctx_leave) struct entry e;
        _cleanup_(wifi_network_done) struct wifi_network network = {};
        struct trouble *trouble = &j->ctx->trouble;
        int r = ctx_enter(j->ctx, &e);

        if (r < 0)
                return r;
        if (!j->work)
                return trouble_set(trouble, FAULT_USAGE, "nothing was asked");
        r = network_make(&j->job, ssid, ssid_len, password, password_len, &network, trouble);
        return r < 0 ? r : work_answer(j->work, again ? NULL : &network, trouble);
}

int usher_job_answer_network(struct usher_job *j, const void *ssid, size_t ssid_len, const void *password,
                             size_t password_len)
{
        return answer(j, !ssid, ssid, ssid ? ssid_len : 0, password, password_len);
}

int usher_job_answer_password(struct usher_job *j, const void *password, size_t password_len)
{
        return answer(j, false, NULL, 0, password, password_len);
}
