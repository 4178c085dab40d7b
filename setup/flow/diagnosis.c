/* SPDX-License-Identifier: Apache-2.0 */

/* From the bottom up: power, association, address, route, cloud. The first that is known to be missing is
 * the cause; what nobody knows is never said. */

#include "setup/flow/diagnosis.h"
#include "proto/base/timer.h"
#include "proto/control.h"
#include "setup/flow/diagnostics.h"
#include "setup/flow/steps.h"
#include <stdio.h>
#include <string.h>

enum {
        NET_CONNECTED = 4,
        SOURCE_BATTERY = 5,
        CHARGE_UNIT = 256, /* of a percent: 8.8 fixed point */
        /* protocol errors of the firmware's cloud connection: decryption, encryption, authentication */
        CLOUD_ERROR_KEYS_FIRST = 6,
        CLOUD_ERROR_KEYS_LAST = 8,
        ATTEMPTS_CLEAR = 2, /* the first may fail by chance */
        PROVEN_MS = 15000,  /* for so long it stays the same, */
        PATIENCE_MS = 60000 /* and so long it is waited in any case: a lease or a router may be slow */
};

static const struct message_interface_entry *interface_in_use(const struct job *j)
{
        static const struct {
                unsigned family;
                int type;
        } order[] = { { FAMILY_ETHERNET, INTERFACE_ETHERNET },
                      { FAMILY_WIFI, INTERFACE_WIFI },
                      { FAMILY_CELLULAR, INTERFACE_PPP } };

        for (size_t i = 0; i < ELEMENTSOF(order); i++)
                if ((j->identity.families & order[i].family) && job_interface(j, order[i].type))
                        return job_interface(j, order[i].type);
        return NULL;
}

int diagnosis_requests(const struct job *j, struct diagnosis_flight *ret)
{
        const struct message_interface_entry *interface = interface_in_use(j);
        _cleanup_(buf_done) struct buf body = buf_init(DIAGNOSIS_BODY_MAX);
        size_t n = 0;
        int e;

        *ret = (struct diagnosis_flight){};
        ret->request[n++].type = CONTROL_CLOUD_GET_CONNECTION_STATUS;
        ret->request[n++].type = CONTROL_GET_DEVICE_MODE;
        if (j->identity.families & FAMILY_WIFI) {
                ret->request[n++].type = CONTROL_WIFI_GET_CURRENT_NETWORK;
                ret->request[n++].type = CONTROL_WIFI_GET_KNOWN_NETWORKS;
        }
        if (interface) {
                e = message_encode_get_interface_request(interface->index, &body);
                if (e < 0)
                        return e;
                if (body.len) /* interface 0 is encoded in no byte */
                        memcpy(ret->body, body.data, body.len);
                ret->request[n++] =
                        (struct port_request){ CONTROL_NETWORK_GET_INTERFACE, ret->body, body.len };
        } else if (j->now.interfaces.n == 0) {
                ret->request[n++].type = CONTROL_NETWORK_GET_INTERFACE_LIST; /* for the next look */
        }
        ret->request[n++].type = CONTROL_DIAGNOSTIC_INFO;
        ret->n = n;
        return 0;
}

static void note_association(struct diagnosis *d, const struct port_reply *reply)
{
        struct message_network now;

        if (reply->result < 0 && reply->result != CONTROL_INVALID_STATE)
                return;
        d->association_known = true;
        d->associated = reply->result >= 0;
        if (d->associated && message_decode_get_current_network_reply(reply->payload, reply->len, &now) >= 0)
                d->rssi = now.rssi;
}

static void note_known(struct job *j, const struct port_reply *reply)
{
        const struct wifi_network *n;

        if (reply->result < 0 || j->wifi.join != JOIN_DONE ||
            message_decode_get_known_networks_reply(reply->payload, reply->len, &j->now.known) < 0)
                return;
        n = &j->asked.profile.networks[j->wifi.network];
        j->diagnosis.forgotten = true;
        for (size_t i = 0; i < j->now.known.n; i++)
                if (j->now.known.network[i].ssid_len == n->ssid_len &&
                    memcmp(j->now.known.network[i].ssid, n->ssid, n->ssid_len) == 0)
                        j->diagnosis.forgotten = false;
}

static void note_address(struct diagnosis *d, const struct port_reply *reply)
{
        struct message_interface interface;

        if (reply->result < 0 ||
            message_decode_get_interface_reply(reply->payload, reply->len, &interface) < 0)
                return;
        d->address_known = true;
        d->has_address = interface.n_addresses > 0;
}

static void note_interfaces(struct job *j, const struct port_reply *reply)
{
        if (reply->result >= 0 &&
            message_decode_get_interface_list_reply(reply->payload, reply->len, &j->now.interfaces) >= 0)
                identity_choose_families(j);
}

static void note_counter(void *userdata, const char *name, long value)
{
        struct diagnosis *d = userdata;

        if (strcmp(name, "net:stat") == 0)
                d->net_status = (int)value;
        else if (strcmp(name, "cloud:connatt") == 0)
                d->cloud_attempts = (int)value;
        else if (strcmp(name, "cloud:err") == 0)
                d->cloud_error = (int)value;
        else if (strcmp(name, "sys:uptime") == 0)
                d->uptime_s = (int)value;
        else if (strcmp(name, "pwr:src") == 0)
                d->on_battery = value == SOURCE_BATTERY;
        else if (strcmp(name, "batt:soc") == 0 && value >= 0) {
                d->power_known = true;
                d->charge = (unsigned)(value / CHARGE_UNIT);
        }
}

static void note_counters(struct diagnosis *d, const struct port_reply *reply)
{
        struct diagnosis now = { .uptime_s = -1 };

        if (reply->result < 0 ||
            diagnostics_read((const char *)reply->payload, reply->len, note_counter, &now) < 0)
                return;
        d->restarted |= d->counters_known && now.uptime_s >= 0 && now.uptime_s < d->uptime_s;
        d->counters_known = true;
        d->net_status = now.net_status;
        d->cloud_attempts = now.cloud_attempts;
        d->cloud_error = now.cloud_error;
        d->uptime_s = now.uptime_s;
        d->power_known = now.power_known;
        d->on_battery = now.on_battery;
        d->charge = now.charge;
}

static void note_mode(struct diagnosis *d, const struct port_reply *reply)
{
        int mode;

        if (reply->result >= 0 &&
            message_decode_get_device_mode_reply(reply->payload, reply->len, &mode) >= 0)
                d->listening = mode == DEVICE_MODE_LISTENING;
}

void diagnosis_note(struct job *j, const struct port_replies *replies)
{
        struct diagnosis *d = &j->diagnosis;

        d->asked = true;
        for (size_t i = 0; i < replies->n; i++) {
                const struct port_reply *reply = &replies->reply[i];

                switch (reply->type) {
                case CONTROL_GET_DEVICE_MODE: note_mode(d, reply); break;
                case CONTROL_WIFI_GET_CURRENT_NETWORK: note_association(d, reply); break;
                case CONTROL_WIFI_GET_KNOWN_NETWORKS: note_known(j, reply); break;
                case CONTROL_NETWORK_GET_INTERFACE_LIST: note_interfaces(j, reply); break;
                case CONTROL_NETWORK_GET_INTERFACE: note_address(d, reply); break;
                case CONTROL_DIAGNOSTIC_INFO: note_counters(d, reply); break;
                default: break;
                }
        }
}

bool diagnosis_is_starved(const struct diagnosis *d)
{
        return d->power_known && d->on_battery && d->charge < DIAGNOSIS_CHARGE_LOW;
}

/* Of the modem, with the card that it was told to use. Going back is no remedy for who asked for that card.
 */
static enum step_move not_registered(const struct job *j, struct step_result *r)
{
        const char *apn = j->asked.profile.apn.name;

        if (j->modem.active_sim != SIM_EXTERNAL)
                return step_later(r, FAULT_DEVICE_OFFLINE,
                                  "the modem is not registered in the cellular network yet");
        if (apn)
                return step_later(
                        r, FAULT_DEVICE_OFFLINE,
                        "the modem is not registered with the external SIM and the APN \"%s\": is this "
                        "the APN of the card's operator, and is the card active?",
                        apn);
        if (j->asked.profile.sim == SIM_EXTERNAL)
                return step_later(
                        r, FAULT_DEVICE_OFFLINE,
                        "the modem is not registered with the external SIM, and no APN was given: most "
                        "cards need that of their operator (apn = NAME)");
        return step_later(
                r, FAULT_DEVICE_OFFLINE,
                "the modem is not registered with the external SIM (sim = internal goes back to the "
                "internal one; sim = external and apn = NAME set this one up)");
}

static enum step_move no_network(const struct job *j, struct step_result *r)
{
        if (diagnosis_is_starved(&j->diagnosis))
                return step_later(
                        r, FAULT_DEVICE_OFFLINE,
                        "the device runs on a battery that is at %u percent: connect USB power or charge "
                        "it, radio and modem need more than is left",
                        j->diagnosis.charge);
        if (j->identity.families == FAMILY_CELLULAR && j->sim.trouble.cause[0])
                return step_later(r, FAULT_DEVICE_OFFLINE, "%s", j->sim.trouble.cause);
        if (j->identity.families == FAMILY_CELLULAR)
                return not_registered(j, r);
        if (j->diagnosis.address_known && !j->diagnosis.has_address &&
            (j->diagnosis.associated || (j->identity.families & FAMILY_ETHERNET)))
                return step_later(r, FAULT_DEVICE_NO_ADDRESS,
                                  j->identity.families & FAMILY_ETHERNET
                                          ? "no address on Ethernet: is the cable plugged in?"
                                          : "associated, but without an address");
        if (j->diagnosis.forgotten)
                return step_later(r, FAULT_DEVICE_OFFLINE, "the device does not know the network any more");
        if (j->diagnosis.association_known && !j->diagnosis.associated)
                return step_later(r, FAULT_DEVICE_OFFLINE,
                                  "the device is not associated with its access point");
        return step_later(r, FAULT_DEVICE_OFFLINE, "the device has no network yet");
}

static enum step_move no_cloud(const struct diagnosis *d, struct step_result *r)
{
        if (d->cloud_error >= CLOUD_ERROR_KEYS_FIRST && d->cloud_error <= CLOUD_ERROR_KEYS_LAST)
                return step_later(r, FAULT_DEVICE_KEYS, "the handshake with the cloud fails");
        if (d->cloud_attempts >= ATTEMPTS_CLEAR && d->cloud_error != 0)
                return step_later(r, FAULT_DEVICE_CLOUD_BLOCKED, "the cloud does not answer its handshake");
        if (d->cloud_attempts >= ATTEMPTS_CLEAR)
                return step_later(r, FAULT_DEVICE_NO_INTERNET,
                                  "its cloud's name or address cannot be reached");
        return step_later(r, FAULT_DEVICE_OFFLINE, "the device has a network and connects to its cloud");
}

enum step_move diagnosis_later(const struct job *j, struct step_result *r)
{
        const struct diagnosis *d = &j->diagnosis;

        if (!d->asked)
                return step_later(r, FAULT_DEVICE_OFFLINE, "the device is connecting to its cloud");
        if (d->restarted)
                return step_later(
                        r, FAULT_DEVICE_OFFLINE,
                        "the device restarts again and again: check its power supply and firmware");
        if (d->counters_known && d->net_status == NET_CONNECTED)
                return no_cloud(d, r);
        if (d->counters_known || d->association_known || d->address_known)
                return d->has_address && !d->counters_known ? no_cloud(d, r) : no_network(j, r);
        return step_later(r, FAULT_DEVICE_OFFLINE, "the device is connecting to its cloud");
}

static bool lasts(enum fault fault)
{
        return fault == FAULT_DEVICE_NO_ADDRESS || fault == FAULT_DEVICE_NO_INTERNET ||
               fault == FAULT_DEVICE_CLOUD_BLOCKED || fault == FAULT_DEVICE_KEYS;
}

static bool is_proven(struct job *j, enum fault fault)
{
        uint64_t now_ms = timer_now_ms();

        if (!j->now.online.looking_ms)
                j->now.online.looking_ms = now_ms;
        if (fault != j->now.online.proven || !lasts(fault)) {
                j->now.online.proven = lasts(fault) ? fault : FAULT_NONE;
                j->now.online.proven_ms = now_ms;
        }
        return j->now.online.proven != FAULT_NONE && now_ms - j->now.online.proven_ms >= PROVEN_MS &&
               now_ms - j->now.online.looking_ms >= PATIENCE_MS;
}

enum step_move diagnosis_judge(struct job *j, struct step_result *r)
{
        enum step_move move = diagnosis_later(j, r);

        if (!is_proven(j, r->trouble.fault))
                return move;
        r->again = false;
        return STEP_FAIL;
}
