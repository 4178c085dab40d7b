/* SPDX-License-Identifier: Apache-2.0 */

/* Leaving setup mode: the device gets nothing more from us. */

#include "proto/control.h"
#include "setup/flow/platform.h"
#include "setup/flow/steps.h"

/* setup-done: the flag that keeps firmware before 4.0.0 out of listening mode (device.md 4.2), and out of
 * it, in one flight. */
static bool setup_done_skip(const struct job *j)
{
        return job_is_over(j) || j->identity.protected;
}

static bool has_flag(const struct job *j)
{
        return !j->identity.os[0] || !job_os_at_least(j, 4, 0, 0);
}

static enum step_move setup_done_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(8);
        struct port_request flight[2];
        size_t n = 0;
        int e = message_encode_set_device_setup_done_request(true, &body);

        if (e < 0)
                return step_errno(r, e);
        if (has_flag(j))
                flight[n++] = (struct port_request){ CONTROL_SET_DEVICE_SETUP_DONE, body.data, body.len };
        flight[n++] = (struct port_request){ .type = CONTROL_STOP_LISTENING };
        j->finish.stop_sent = true;
        return step_ask(run, flight, n, r);
}

static enum step_move setup_done_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        j->finish.stop_sent = false;
        for (size_t i = 0; i < a->ask->n; i++) {
                const struct port_reply *reply = &a->ask->reply[i];
                bool flag = reply->type == CONTROL_SET_DEVICE_SETUP_DONE;

                if (reply->result < 0 && !(flag && reply->result == CONTROL_NOT_SUPPORTED))
                        return step_refused(r, reply->type, reply->result);
        }
        j->finish.setup_done = true;
        j->finish.listening_stopped = true;
        return STEP_NEXT;
}

/* A link that ends is no answer. An RTL872x switches Bluetooth off when it leaves listening mode,
 * since 5.4.1 before it can answer (device.md 3.8); elsewhere the link should have lasted. So we look
 * whether the device still advertises (find_mend): if it does not, it has left. */
static enum step_move setup_done_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct platform *p = job_model(j);
        bool again = r->again;

        j->now.peer_name[0] = 0;
        if (!a->link_lost || !p || !p->rtl || !job_os_at_least(j, 5, 4, 1))
                return STEP_FAIL;
        (void)step_fail(
                r, FAULT_LINK_LOST,
                "the link has ended, as it should; now whether the device has left setup mode is looked at");
        r->again = again;
        return STEP_FAIL;
}

/* release: the adapter's connection is wanted elsewhere, and the cloud can tell the rest. */
static bool release_skip(const struct job *j)
{
        return !j->asked.profile.release || !j->now.linked || !j->finish.listening_stopped;
}

static enum step_move release_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)r;
        run->ports->ops->hang_up(run->ports);
        j->now.linked = j->now.session = false;
        j->now.released = true;
        return STEP_NEXT;
}

const struct step_acts setup_done_acts = { MENDS(setup_done) };
const struct step_acts release_acts = { DOES(release) };
