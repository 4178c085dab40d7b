/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The world around a virtual device: access points, the cellular network, an Ethernet cable, and what each
 * of them leads to. From an INI file:
 *
 *   [network]               one access point; repeat the section for more (also of the same SSID)
 *   ssid = usher-lab        or ssid-hex = 75736865722d6c6162
 *   security = wpa2         open wep wpa wpa2 wpa-wpa2 wpa3 wpa2-wpa3
 *   password = correct horse
 *   rssi = -48
 *   channel = 6             above 14 is 5 GHz
 *   hidden = no
 *
 *   [ethernet]
 *   wing = yes              the device has a wing or chip for it
 *   cable = yes
 *
 *   [cellular]
 *   internal = ok           ok, none (no such SIM), refused (the network does not take it), error (modem)
 *   external = none
 *   apn =                   what the external SIM needs; empty: anything will do
 *   register-ms = 5000      until the network has taken the SIM
 *   rssi = -85
 *
 * and in each of them, what the network leads to:
 *
 *   dhcp = yes   dns = yes   internet = yes   udp5684 = yes
 *
 * Without a file the world is: WPA2 network "usher-lab", password "correct horse", -48 dBm, channel 6; an
 * internal SIM that registers in 5 s, no external one; no Ethernet wing. */

#include "proto/base/secret.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Values as the protocol numbers them (device.md 3.6). */
enum world_security {
        WORLD_OPEN = 0,
        WORLD_WEP = 1,
        WORLD_WPA = 2,
        WORLD_WPA2 = 3,
        WORLD_WPA_WPA2 = 4,
        WORLD_WPA3 = 5,
        WORLD_WPA2_WPA3 = 6,
};

/* What a network leads to. */
struct world_path {
        bool dhcp;
        bool dns;
        bool internet;
        bool udp5684; /* the port of the device cloud is open */
};

enum { WORLD_SSID_MAX = 32, WORLD_NETWORKS_MAX = 48, WORLD_TEXT_MAX = 127 };

struct world_network {
        uint8_t ssid[WORLD_SSID_MAX];
        size_t ssid_len;
        uint8_t bssid[6];
        enum world_security security;
        struct secret *password; /* NULL if open */
        int rssi;
        int channel;
        bool hidden;
        struct world_path path;
};

enum world_sim {
        WORLD_SIM_NONE,
        WORLD_SIM_OK,
        WORLD_SIM_REFUSED,
        WORLD_SIM_ERROR, /* the modem does not get on with it */
};

struct world {
        struct world_network *network;
        size_t n_networks;
        struct {
                bool wing, cable;
                struct world_path path;
        } ethernet;
        struct {
                enum world_sim sim[3]; /* by sim_type: 1 internal, 2 external */
                char apn[WORLD_TEXT_MAX + 1];
                uint32_t register_ms;
                int rssi;
                struct world_path path;
        } cellular;
};

/* The world without a file. */
int world_new(struct world **ret);

/* -EINVAL: the file is wrong, and *ret_why (owned by the caller) says where and how; or the errno of
 * reading it. */
int world_load(const char *path, char **ret_why, struct world **ret);

/* As world_load() from memory. */
int world_parse(const char *text, char **ret_why, struct world **ret);

struct world *world_free(struct world *w);
DEFINE_CLEANUP(struct world *, world_free)
