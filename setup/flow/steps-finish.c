/* SPDX-License-Identifier: Apache-2.0 */

/* Leaving setup mode, and waiting until the device says that it is connected to its cloud. */

#include "proto/control.h"
#include "setup/flow/platform.h"
#include "setup/flow/steps.h"

/* setup-done: the flag that keeps old firmware out of listening mode, and out of it, in one flight. */
bool setup_done_skip(const struct job *j)
{
        return j->listening_stopped || j->protected || j->absent;
}

enum step_move setup_done_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(8);
        struct port_request flight[] = {
                { .type = CONTROL_SET_DEVICE_SETUP_DONE },
                { .type = CONTROL_STOP_LISTENING },
        };
        int e = message_encode_set_device_setup_done_request(true, &body);

        if (e < 0)
                return step_errno(r, e);
        flight[0].payload = body.data;
        flight[0].len = body.len;
        j->stop_sent = true;
        return step_ask(run, flight, ELEMENTSOF(flight), r);
}

enum step_move setup_done_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;

        j->stop_sent = false;
        if (reply[0].result < 0 && reply[0].result != CONTROL_NOT_SUPPORTED)
                return step_refused(r, CONTROL_SET_DEVICE_SETUP_DONE, reply[0].result);
        if (reply[1].result < 0)
                return step_refused(r, CONTROL_STOP_LISTENING, reply[1].result);
        j->setup_done = true;
        j->listening_stopped = true;
        return STEP_NEXT;
}

/* An RTL872x switches Bluetooth off when it leaves listening mode, before it can answer (section 3.8): the
 * link that ends is the answer. On the others it should have lasted, so we look whether the device still
 * advertises (find_trouble): if it does not, it has left. */
enum step_move setup_done_trouble(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct platform *p = platform_of(j);

        (void)r;
        if (a->link_lost && p && p->rtl) {
                j->setup_done = true;
                j->listening_stopped = true;
                return STEP_NEXT;
        }
        j->peer_name[0] = 0;
        return STEP_FAIL;
}

/* online: as long as there is a link to ask over; without, the cloud is watched (verify-owner). */
bool online_skip(const struct job *j)
{
        return job_is_online(j) || j->protected || j->absent || (j->listening_stopped && !j->linked);
}

enum step_move online_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)j;
        return step_ask(run, &(struct port_request){ .type = CONTROL_CLOUD_GET_CONNECTION_STATUS }, 1, r);
}

enum step_move online_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;
        int status;

        if (reply->result < 0)
                return step_later(r, FAULT_DEVICE_OFFLINE,
                                  "the device does not tell whether it is connected");
        if (message_decode_get_connection_status_reply(reply->payload, reply->len, &status) < 0)
                return step_garbled(r, CONTROL_CLOUD_GET_CONNECTION_STATUS);
        if (status != CONNECTION_CONNECTED)
                return step_later(r, FAULT_DEVICE_OFFLINE, "the device is connecting to its cloud");
        j->device_connected = true;
        return STEP_NEXT;
}
