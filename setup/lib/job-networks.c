/* SPDX-License-Identifier: Apache-2.0 */

/* The networks of a job: those that the device sees, for who is asked to choose one, and those that it
 * keeps. */

#include "setup/flow/wifi-seen.h"
#include "setup/lib/job-private.h"
#include <string.h>

static struct usher_network network_of(const uint8_t *ssid, size_t len, int security, int rssi)
{
        struct usher_network n = { .ssid_len = len,
                                   .security = wifi_security_name(security),
                                   .open = security == WIFI_OPEN,
                                   .rssi = rssi };

        memcpy(n.ssid, ssid, len);
        wifi_ssid_text(ssid, len, n.name);
        return n;
}

bool networks_of(const struct job *job, size_t i, struct usher_network *ret)
{
        const struct message_known_networks *known = &job->now.known;
        struct message_network seen[MESSAGE_NETWORKS_MAX];
        size_t n;

        if (job->asked.task == TASK_WIFI_LIST) {
                if (i >= known->n)
                        return false;
                *ret = network_of(known->network[i].ssid, known->network[i].ssid_len,
                                  known->network[i].security, 0);
                return true;
        }
        n = wifi_seen_sorted(&job->now.scan, seen);
        if (i >= n)
                return false;
        *ret = network_of(seen[i].ssid, seen[i].ssid_len, seen[i].security, seen[i].rssi);
        return true;
}

bool usher_job_get_network(const struct usher_job *j, size_t i, struct usher_network *ret)
{
        return networks_of(&j->job, i, ret);
}

bool network_chosen(const struct job *job, struct usher_network *ret)
{
        const struct profile *p = &job->asked.profile;
        size_t i = job->wifi.network < 0 ? 0 : (size_t)job->wifi.network;

        if (i >= p->n_networks)
                return false;
        *ret = network_of(p->networks[i].ssid, p->networks[i].ssid_len, p->networks[i].security, 0);
        return true;
}

bool usher_job_get_chosen(const struct usher_job *j, struct usher_network *ret)
{
        return network_chosen(&j->job, ret);
}

/* What was answered for a device that then did not join it is asked for again. */
bool usher_job_keep_networks(struct usher_job *j)
{
        struct usher_ctx *c = j->ctx;
        struct profile copy;

        if (!ctx_is_ours(c) || !j->asks_network)
                return false;
        if (j->job.wifi.join != JOIN_DONE || profile_copy(&j->job.asked.profile, &copy) < 0) {
                if (c->answered)
                        profile_drop_networks(&c->profile);
                c->answered = false;
                return false;
        }
        profile_take_networks(&c->profile, &copy);
        profile_done(&copy);
        c->answered = true;
        return true;
}
