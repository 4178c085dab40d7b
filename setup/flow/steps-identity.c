/* SPDX-License-Identifier: Apache-2.0 */

/* Who answers? One flight of small requests, each of which costs a pass of the device's loop
 * (device.md 3.9), so that only what decides something is asked. The session has proved the sticker's
 * secret: whoever answers is the device that was scanned, and may have its claim code in the same flight.
 * Only the device id must come: the others fail on devices whose memory of their serial number is empty,
 * whose interfaces have new names, or that are protected. A job that was cut short asks besides what network
 * the device is in: joining the same one again would take it offline. */

#include "proto/control.h"
#include "setup/flow/platform.h"
#include "setup/flow/steps.h"
#include <string.h>
#include <strings.h>

enum { FLIGHT_MAX = 6 };

static bool identity_skip(const struct job *j)
{
        return j->now.identified || job_is_over(j);
}

/* Whose serial number the cloud has looked up is known by its id. */
static bool needs_serial(const struct job *j)
{
        return !j->cloud.id[0];
}

/* A model that has Wi-Fi and no modem, and is to use it, has nothing to choose from; why it is not online is
 * asked when it is not (diagnosis.c). */
static bool needs_interfaces(const struct job *j)
{
        const struct platform *p = job_model(j);

        return j->asked.task != TASK_SETUP || j->asked.inspect || !p ||
               (p->families & ~(unsigned)FAMILY_ETHERNET) != FAMILY_WIFI ||
               j->asked.profile.n_networks == 0 || j->asked.profile.ethernet == CHOICE_YES;
}

static bool may_have_joined(const struct job *j)
{
        return j->now.resumed && j->asked.task == TASK_SETUP && j->asked.profile.n_networks > 0 &&
               j->wifi.join == JOIN_UNTRIED;
}

/* What the flight is made of, by what is known as it leaves: finish() finds its replies by the same types.
 */
static enum step_move identity_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        _cleanup_(buf_done) struct buf body = buf_init(CLAIM_CODE_BODY_MAX);
        struct port_request flight[FLIGHT_MAX];
        size_t n = 0;
        int e = 0;

        flight[n++] = (struct port_request){ .type = CONTROL_GET_DEVICE_ID };
        if (needs_serial(j))
                flight[n++] = (struct port_request){ .type = CONTROL_GET_SERIAL_NUMBER };
        flight[n++] = (struct port_request){ .type = CONTROL_GET_SYSTEM_VERSION };
        if (needs_interfaces(j))
                flight[n++] = (struct port_request){ .type = CONTROL_NETWORK_GET_INTERFACE_LIST };
        if (may_have_joined(j))
                flight[n++] = (struct port_request){ .type = CONTROL_WIFI_GET_CURRENT_NETWORK };
        if (claim_code_is_ready(j))
                e = claim_code_request(j, &body, &flight[n++]);
        return e < 0 ? step_errno(r, e) : step_ask(run, flight, n, r);
}

static unsigned interface_families(const struct job *j)
{
        unsigned families = 0;

        for (size_t i = 0; i < j->now.interfaces.n; i++) {
                int type = j->now.interfaces.entry[i].type;

                if (type == INTERFACE_WIFI)
                        families |= FAMILY_WIFI;
                if (type == INTERFACE_PPP)
                        families |= FAMILY_CELLULAR;
                if (type == INTERFACE_ETHERNET)
                        families |= FAMILY_ETHERNET;
        }
        return families;
}

/* The device lists an interface only where the hardware is there, the platform says what it is good for:
 * both together where both are known. A device that can do without Wi-Fi is not asked to join any when no
 * network was given. */
void identity_choose_families(struct job *j)
{
        const struct platform *p = job_model(j);
        unsigned listed = interface_families(j);

        if (p && listed && (p->families & listed))
                j->identity.families = p->families & listed;
        else if (listed)
                j->identity.families = listed;
        else if (p)
                j->identity.families = p->families & ~(unsigned)FAMILY_ETHERNET;
        else if (j->asked.profile.n_networks > 0)
                j->identity.families =
                        FAMILY_WIFI; /* somebody thinks so, and the device will say no if not */
        if (j->asked.profile.n_networks == 0 && (j->identity.families & ~(unsigned)FAMILY_WIFI))
                j->identity.families &= ~(unsigned)FAMILY_WIFI;
}

bool identity_agrees(struct job *j, struct step_result *r)
{
        const struct platform *p;

        if (j->identity.id[0] && j->cloud.id[0] && strcasecmp(j->identity.id, j->cloud.id) != 0) {
                (void)step_fail(r, FAULT_DEVICE_WRONG, "it is %s, but serial number %s belongs to %s",
                                j->identity.id, j->asked.label.serial, j->cloud.id);
                return false;
        }
        p = platform_by_id(j->cloud.platform_id);
        if (p && p->families == 0) {
                (void)step_fail(r, FAULT_DEVICE_UNSUPPORTED, "the cloud says that it is a %s", p->name);
                return false;
        }
        identity_choose_families(j);
        if (j->now.interfaces.n > 0 && j->identity.families == 0 &&
            j->asked.profile.ethernet != CHOICE_YES) {
                (void)step_fail(r, FAULT_DEVICE_UNSUPPORTED, "it has neither Wi-Fi nor a modem");
                return false;
        }
        return true;
}

/* One answer. All but the id may be refused; what cannot be read is another matter. */
static enum step_move take(struct job *j, const struct port_reply *reply, char id[static DEVICE_ID_LEN + 1],
                           struct step_result *r)
{
        char serial[SERIAL_NUMBER_MAX + 1];
        int e = 0;

        if (reply->result == CONTROL_PROTECTED)
                j->identity.protected = true;
        if (reply->type == CONTROL_GET_DEVICE_ID && reply->result < 0)
                return step_refused(r, CONTROL_GET_DEVICE_ID, reply->result);
        if (reply->result < 0)
                return STEP_NEXT;
        switch (reply->type) {
        case CONTROL_GET_DEVICE_ID:
                e = message_decode_get_device_id_reply(reply->payload, reply->len, id);
                break;
        case CONTROL_GET_SERIAL_NUMBER:
                e = message_decode_get_serial_number_reply(reply->payload, reply->len, serial);
                if (e == 0 && serial[0] && strcasecmp(serial, j->asked.label.serial) != 0)
                        return step_fail(r, FAULT_DEVICE_WRONG, "its serial number is %s, the label says %s",
                                         serial, j->asked.label.serial);
                break;
        case CONTROL_GET_SYSTEM_VERSION:
                e = message_decode_get_system_version_reply(reply->payload, reply->len, j->identity.os);
                break;
        case CONTROL_NETWORK_GET_INTERFACE_LIST:
                e = message_decode_get_interface_list_reply(reply->payload, reply->len, &j->now.interfaces);
                break;
        case CONTROL_WIFI_GET_CURRENT_NETWORK: e = wifi_note_current(j, reply); break;
        case CONTROL_SET_CLAIM_CODE: j->claim.code_set = true; break;
        default: break;
        }
        return e < 0 ? step_garbled(r, reply->type) : STEP_NEXT;
}

static enum step_move identity_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        char id[DEVICE_ID_LEN + 1] = "";

        for (size_t i = 0; i < a->ask->n; i++) {
                enum step_move move = take(j, &a->ask->reply[i], id, r);

                if (move != STEP_NEXT)
                        return move;
        }
        memcpy(j->identity.id, id, sizeof(id));
        j->now.identified = true;
        return identity_agrees(j, r) ? STEP_NEXT : STEP_FAIL;
}

const struct step_acts identity_acts = { ASKS(identity) };
