/* SPDX-License-Identifier: Apache-2.0 */

/* Firmware over Bluetooth (device.md 1.5), one file after another until the cloud has
 * nothing newer or the version asked for is there. The device keeps its own place in the file and is told no
 * offset, so whatever goes wrong, a file begins again at its start: a failed chunk, a lost link, a file that
 * does not validate. After each file the device restarts into listening mode. */

#include "proto/client.h"
#include "proto/control.h"
#include "setup/flow/platform.h"
#include "setup/flow/steps.h"
#include <stdio.h>
#include <string.h>

enum { FILES_MAX = 12, CHUNK_MAX = 1024, CHUNK_HEADER = 3 /* the field's tag and length */ };

static bool is_wanted(const struct job *j)
{
        unsigned least[3];

        if (j->asked.task == TASK_UPDATE)
                return true;
        return j->asked.profile.min_os && profile_version(j->asked.profile.min_os, least) &&
               !job_os_at_least(j, least[0], least[1], least[2]);
}

static bool update_skip(const struct job *j)
{
        if (job_is_over(j) || j->identity.protected || j->restart.state != RESTART_NONE)
                return true;
        return j->now.transfer.state == UPDATE_CURRENT || !is_wanted(j);
}

bool update_is_ahead(const struct job *j)
{
        if (!j->asked.profile.min_os || job_is_over(j) || j->identity.protected)
                return false;
        if (!j->now.identified)
                return true; /* what it runs is not known yet */
        return j->now.transfer.state != UPDATE_CURRENT && is_wanted(j);
}

/* Another try would find the same. */
static enum step_move give_up(struct step_result *r, const char *cause)
{
        (void)step_fail(r, FAULT_FIRMWARE, "%s", cause);
        r->again = false;
        return STEP_FAIL;
}

/* starting, by how far it has come */

static enum step_move ask_cloud(struct job *j, const struct step_run *run, struct step_result *r)
{
        const struct platform *p = job_model(j);
        unsigned platform_id = p ? p->id : j->cloud.platform_id;

        if (platform_id == 0)
                return give_up(r, "which model it is, neither the cloud nor the label says");
        if (j->update.applied == FILES_MAX)
                return give_up(r, "the cloud goes on sending files without end");
        return step_cloud(
                run,
                ASK_FIRMWARE(.platform_id = platform_id, .os_version = j->identity.os,
                             .ncp_version = j->update.ncp_version[0] ? j->update.ncp_version : NULL,
                             .ncp_module_version = j->update.ncp_module_version),
                r);
}

static enum step_move ask_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf mode = buf_init(16), body = buf_init(32);
        struct port_request flight[] = {
                { .type = CONTROL_SET_STARTUP_MODE },
                { .type = CONTROL_START_FIRMWARE_UPDATE },
        };
        int e = message_encode_set_startup_mode_request(DEVICE_MODE_LISTENING, &mode);

        if (e == 0)
                e = message_encode_start_firmware_update_request((uint32_t)j->now.transfer.file.len,
                                                                 FIRMWARE_BIN, &body);
        if (e < 0)
                return step_errno(r, e);
        flight[0].payload = mode.data;
        flight[0].len = mode.len;
        flight[1].payload = body.data;
        flight[1].len = body.len;
        j->now.transfer.session = j->now.sessions;
        return step_ask(run, flight, ELEMENTSOF(flight), r);
}

static enum step_move send_chunk(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(CHUNK_MAX + 16);
        size_t left = j->now.transfer.file.len - j->now.transfer.sent;
        size_t n = left < j->now.transfer.chunk ? left : j->now.transfer.chunk;
        int e = message_encode_firmware_update_data_request(j->now.transfer.file.data + j->now.transfer.sent,
                                                            n, &body);

        if (e < 0)
                return step_errno(r, e);
        return step_ask(run, &(struct port_request){ CONTROL_FIRMWARE_UPDATE_DATA, body.data, body.len }, 1,
                        r);
}

/* Whatever comes of it, the device may run another version afterwards. */
static enum step_move ask_finish(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(16);
        int e = message_encode_finish_firmware_update_request(false, &body);

        if (e < 0)
                return step_errno(r, e);
        j->now.identified = false;
        return step_ask(run, &(struct port_request){ CONTROL_FINISH_FIRMWARE_UPDATE, body.data, body.len },
                        1, r);
}

/* A new session since: what the device had taken is gone. If the answer to the last request was lost, the
 * version that it now tells decides, by way of the cloud. */
static void notice_new_session(struct job *j)
{
        if (j->now.transfer.session == j->now.sessions)
                return;
        if (j->now.transfer.state == UPDATE_SEND)
                j->now.transfer.state = UPDATE_START;
        else if (j->now.transfer.state == UPDATE_FINISH)
                j->now.transfer.state = UPDATE_ASK;
}

static enum step_move update_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        notice_new_session(j);
        switch (j->now.transfer.state) {
        case UPDATE_VERSIONS:
                return step_ask(run, &(struct port_request){ .type = CONTROL_GET_NCP_FIRMWARE_VERSION }, 1,
                                r);
        case UPDATE_ASK: return ask_cloud(j, run, r);
        case UPDATE_START: return ask_start(j, run, r);
        case UPDATE_SEND: return send_chunk(j, run, r);
        case UPDATE_FINISH: return ask_finish(j, run, r);
        case UPDATE_CURRENT: break;
        }
        return STEP_NEXT;
}

/* finishing */

/* Only some devices have one; those that do not say so, or nothing. */
static enum step_move versions_told(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        struct message_ncp_version ncp;

        if (reply->result >= 0 &&
            message_decode_get_ncp_firmware_version_reply(reply->payload, reply->len, &ncp) == 0) {
                memcpy(j->update.ncp_version, ncp.version, sizeof(j->update.ncp_version));
                j->update.ncp_module_version = ncp.module_version;
        }
        j->now.transfer.state = UPDATE_ASK;
        return step_later(r, FAULT_FIRMWARE, "asking the cloud for firmware");
}

static enum step_move file_came(struct job *j, const struct said_firmware *file, struct step_result *r)
{
        if (!file->data) {
                j->now.transfer.state = UPDATE_CURRENT;
                if (j->asked.task == TASK_UPDATE || !is_wanted(j))
                        return STEP_NEXT;
                (void)step_fail(r, FAULT_FIRMWARE, "the cloud has nothing newer than %s, %s is asked for",
                                j->identity.os, j->asked.profile.min_os);
                r->again = false;
                return STEP_FAIL;
        }
        if (file->len == 0)
                return step_fail(r, FAULT_CLOUD_ANSWER, "an empty firmware file");
        buf_consume(&j->now.transfer.file, j->now.transfer.file.len);
        if (buf_append(&j->now.transfer.file, file->data, file->len) < 0)
                return step_fail(r, FAULT_FIRMWARE, "the file is too large: %zu bytes", file->len);
        j->now.transfer.state = UPDATE_START;
        return step_later(r, FAULT_FIRMWARE, "starting the update");
}

static enum step_move progress(struct job *j, struct step_result *r)
{
        r->part = j->now.transfer.sent;
        r->whole = j->now.transfer.file.len;
        return step_later(r, FAULT_FIRMWARE, "%zu %% of %zu bytes", r->part * 100 / r->whole, r->whole);
}

/* The file begins again, unless the firmware forbids it. */
static enum step_move refused(struct job *j, uint16_t type, int32_t result, struct step_result *r)
{
        const char *name = control_result_name(result);

        j->now.transfer.state = UPDATE_START;
        (void)step_fail(r, FAULT_FIRMWARE, "%s: the device answers %s (%d)", control_info(type)->name,
                        name ? name : "an error", (int)result);
        if (result == CONTROL_OTA_UPDATES_DISABLED || result == CONTROL_NOT_SUPPORTED ||
            result == CONTROL_PROTECTED || result == CONTROL_NOT_ALLOWED)
                r->again = false;
        return STEP_FAIL;
}

/* What fits the device's pool while it reads nothing (device.md 3.3): 912 with writes of 244 bytes. The
 * device takes any length. */
static uint32_t chunk_max(const struct job *j)
{
        size_t max = client_max_payload(j->now.max_write) - CHUNK_HEADER;

        return max < CHUNK_MAX ? (uint32_t)max : CHUNK_MAX;
}

static enum step_move started(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        if (reply[1].result < 0)
                return refused(j, CONTROL_START_FIRMWARE_UPDATE, reply[1].result, r);
        if (message_decode_start_firmware_update_reply(reply[1].payload, reply[1].len,
                                                       &j->now.transfer.chunk) < 0)
                return step_garbled(r, CONTROL_START_FIRMWARE_UPDATE);
        if (j->now.transfer.chunk == 0 || j->now.transfer.chunk > chunk_max(j))
                j->now.transfer.chunk = chunk_max(j);
        j->now.transfer.sent = 0;
        j->now.transfer.state = UPDATE_SEND;
        return progress(j, r);
}

static enum step_move chunk_taken(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        size_t left = j->now.transfer.file.len - j->now.transfer.sent;

        if (reply->result < 0)
                return refused(j, CONTROL_FIRMWARE_UPDATE_DATA, reply->result, r);
        j->now.transfer.sent += left < j->now.transfer.chunk ? left : j->now.transfer.chunk;
        if (j->now.transfer.sent == j->now.transfer.file.len)
                j->now.transfer.state = UPDATE_FINISH;
        return progress(j, r);
}

/* It restarts by itself now (device.md 1.5); the row after this one waits for that. */
static enum step_move applied(struct job *j, const struct port_reply *reply, struct step_result *r)
{
        if (reply->result < 0)
                return refused(j, CONTROL_FINISH_FIRMWARE_UPDATE, reply->result, r);
        j->update.applied++;
        j->now.transfer.state = UPDATE_VERSIONS;
        j->restart.state = RESTART_SENT;
        j->restart.count++;
        j->now.peer_name[0] = 0;
        return STEP_NEXT;
}

static enum step_move update_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        switch (j->now.transfer.state) {
        case UPDATE_VERSIONS: return versions_told(j, a->ask->reply, r);
        case UPDATE_ASK: return file_came(j, said_firmware(a->cloud), r);
        case UPDATE_START: return started(j, a->ask->reply, r);
        case UPDATE_SEND: return chunk_taken(j, a->ask->reply, r);
        case UPDATE_FINISH: return applied(j, a->ask->reply, r);
        case UPDATE_CURRENT: break;
        }
        return STEP_NEXT;
}

static enum step_move update_mend(struct job *j, const struct answer *a, struct step_result *r)
{
        if (a->trouble.fault == FAULT_TOKEN_MISSING)
                return step_fail(
                        r, FAULT_TOKEN_MISSING,
                        "the device runs %s, and newer files come from the cloud: min-os needs a token, "
                        "also with claim = none",
                        j->identity.os);
        return STEP_FAIL;
}

const struct step_acts update_acts = { MENDS(update) };
