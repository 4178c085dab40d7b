/* SPDX-License-Identifier: Apache-2.0 */

/* Who answers? One flight of four small requests. Only the device id must come: the others fail on devices
 * whose memory of their serial number is empty, whose interfaces have new names, or that are protected. */

#include "proto/control.h"
#include "setup/flow/platform.h"
#include "setup/flow/steps.h"
#include <string.h>
#include <strings.h>

enum { ID, SERIAL, VERSION, INTERFACES, _N };

static const struct port_request flight[_N] = {
        [ID] = { .type = CONTROL_GET_DEVICE_ID },
        [SERIAL] = { .type = CONTROL_GET_SERIAL_NUMBER },
        [VERSION] = { .type = CONTROL_GET_SYSTEM_VERSION },
        [INTERFACES] = { .type = CONTROL_NETWORK_GET_INTERFACE_LIST },
};

static bool identity_skip(const struct job *j)
{
        return j->now.identified || job_is_over(j);
}

static enum step_move identity_start(struct job *j, const struct step_run *run, struct step_result *r)
{
        (void)j;
        return step_ask(run, flight, _N, r);
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
static void find_families(struct job *j)
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
        find_families(j);
        if (j->now.interfaces.n > 0 && j->identity.families == 0 &&
            j->asked.profile.ethernet != CHOICE_YES) {
                (void)step_fail(r, FAULT_DEVICE_UNSUPPORTED, "it has neither Wi-Fi nor a modem");
                return false;
        }
        return true;
}

static bool decode_serial(const struct job *j, const struct port_reply *reply, struct step_result *r)
{
        char serial[SERIAL_NUMBER_MAX + 1];

        if (reply->result < 0)
                return true;
        if (message_decode_get_serial_number_reply(reply->payload, reply->len, serial) < 0) {
                (void)step_garbled(r, CONTROL_GET_SERIAL_NUMBER);
                return false;
        }
        if (serial[0] && strcasecmp(serial, j->asked.label.serial) != 0) {
                (void)step_fail(r, FAULT_DEVICE_WRONG, "its serial number is %s, the label says %s", serial,
                                j->asked.label.serial);
                return false;
        }
        return true;
}

static enum step_move identity_finish(struct job *j, const struct answer *a, struct step_result *r)
{
        const struct port_reply *reply = a->ask->reply;
        char id[DEVICE_ID_LEN + 1];

        if (reply[ID].result < 0)
                return step_refused(r, CONTROL_GET_DEVICE_ID, reply[ID].result);
        if (message_decode_get_device_id_reply(reply[ID].payload, reply[ID].len, id) < 0)
                return step_garbled(r, CONTROL_GET_DEVICE_ID);
        if (!decode_serial(j, &reply[SERIAL], r))
                return STEP_FAIL;
        for (size_t i = 0; i < _N; i++)
                if (reply[i].result == CONTROL_PROTECTED)
                        j->identity.protected = true;
        if (reply[VERSION].result >= 0 &&
            message_decode_get_system_version_reply(reply[VERSION].payload, reply[VERSION].len,
                                                    j->identity.os) < 0)
                return step_garbled(r, CONTROL_GET_SYSTEM_VERSION);
        if (reply[INTERFACES].result >= 0 &&
            message_decode_get_interface_list_reply(reply[INTERFACES].payload, reply[INTERFACES].len,
                                                    &j->now.interfaces) < 0)
                return step_garbled(r, CONTROL_NETWORK_GET_INTERFACE_LIST);
        memcpy(j->identity.id, id, sizeof(id));
        j->now.identified = true;
        return identity_agrees(j, r) ? STEP_NEXT : STEP_FAIL;
}

const struct step_acts identity_acts = { ASKS(identity) };
