/* SPDX-License-Identifier: Apache-2.0 */

/* Finding the device, connecting to it, shaking hands. */

#include "setup/flow/steps.h"
#include <stdio.h>
#include <string.h>

/* A device in listening mode is seen within seconds. One that the cloud calls finished is not there longer
 * than that. */
enum { FIND_FINISHED_MS = 15000 };

/* find */
bool find_skip(const struct job *j)
{
        return j->linked || job_is_over(j) || j->peer_name[0];
}

enum step_move find_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        struct port_target target = {
                .setup_code = label_setup_code(&j->label),
                .service_uuid = j->profile.service_uuid,
                .version_uuid = j->profile.version_uuid,
                .tx_uuid = j->profile.tx_uuid,
                .rx_uuid = j->profile.rx_uuid,
                .company_id = j->profile.company_id,
        };
        int e = run->ports->ops->find(run->ports, &target, run->done, run->userdata, run->ret);

        return e < 0 ? step_errno(r, e) : STEP_WAIT;
}

enum step_move find_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)r;
        snprintf(j->peer_name, sizeof(j->peer_name), "%s", a->peer->name);
        j->peer_rssi = a->peer->rssi;
        j->stop_sent = false;
        return STEP_NEXT;
}

/* A device that is not seen may be one that is done: it left listening mode when the link ended under our
 * request to do so, or an earlier setup was cut off afterwards. The cloud can tell, if it knows the device.
 */
enum step_move find_trouble(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->fault != FAULT_DEVICE_NOT_FOUND)
                return STEP_FAIL;
        if (j->stop_sent) {
                j->listening_stopped = true;
                return STEP_NEXT;
        }
        if (j->cloud_id[0] && !j->device_id[0] && j->owner != OWNER_UNKNOWN && j->task == TASK_SETUP) {
                j->absent = true;
                return STEP_NEXT;
        }
        if (j->serial_unknown)
                return step_fail(r, FAULT_DEVICE_NOT_FOUND,
                                 "the cloud does not know the serial number %s either: check the label",
                                 j->label.serial);
        return STEP_FAIL;
}

/* Set up by an earlier run, as it seems. Whoever wants another setup of a device that has been online for
 * long may still have to press its button. */
uint32_t find_budget(const struct job *j)
{
        bool finished = j->task == TASK_SETUP && !j->device_id[0] && j->owner == OWNER_ME && j->was_online &&
                        handshake_is_recent(j->handshake_s);

        return finished ? FIND_FINISHED_MS : 0;
}

/* secret: a short one must be completed by the cloud before the handshake */
bool secret_skip(const struct job *j)
{
        return j->profile.secret || !label_is_partial(&j->label);
}

enum step_move secret_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)j;
        (void)run;
        return step_fail(r, FAULT_LABEL_PARTIAL_SECRET, NULL);
}

/* connect */
bool connect_skip(const struct job *j)
{
        return j->linked || job_is_over(j);
}

enum step_move connect_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        int e = run->ports->ops->connect(run->ports, run->done, run->userdata, run->ret);

        (void)j;
        return e < 0 ? step_errno(r, e) : STEP_WAIT;
}

enum step_move connect_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->link->version != 2)
                return step_fail(r, FAULT_DEVICE_VERSION, "it says version %u, usher knows 2",
                                 a->link->version);
        j->linked = true;
        if (j->restart == RESTART_SENT)
                j->restart = RESTART_NONE;
        return STEP_NEXT;
}

/* It may have moved, restarted or changed its address: look for it again. */
enum step_move connect_trouble(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        j->peer_name[0] = 0;
        return STEP_FAIL;
}

/* session */
bool session_skip(const struct job *j)
{
        return (j->linked && j->session) || job_is_over(j);
}

enum step_move session_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        const struct secret *secret = j->profile.secret ? j->profile.secret : j->label.mobile_secret;
        int e = run->ports->ops->open(run->ports, secret, run->done, run->userdata, run->ret);

        return e < 0 ? step_errno(r, e) : STEP_WAIT;
}

enum step_move session_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        (void)a;
        (void)r;
        j->session = true;
        j->sessions++;
        return STEP_NEXT;
}

/* A wrong secret has no words of its own: the device drops the link on our confirmation (section 3.4). A
 * link that was lost by chance looks the same, but hardly twice. */
enum step_move session_trouble(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->fault == FAULT_SECRET_MISMATCH)
                r->again = ++j->mismatches < 2;
        return STEP_FAIL;
}
