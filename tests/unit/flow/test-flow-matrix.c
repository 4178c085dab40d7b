/* SPDX-License-Identifier: Apache-2.0 */

/* Every platform x every firmware x everything that can be right or wrong, each with and without an account.
 * What does not exist (a firmware that was never made for a platform, a modem in a device without one) is
 * counted, too, so that no cell is left out silently. */

#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/world-ports.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static const char *const versions[] = { "1.5.0", "2.3.1", "3.3.0", "4.2.0", "5.0.1", "5.4.0", "5.4.1",
                                        "5.6.0", "5.8.0", "5.8.2", "5.9.0", "6.0.0", "6.1.1", "6.2.0" };

/* One cell: who, with what, and what must come of it. */
struct cell {
        const struct platform *platform;
        struct os_version os;
        struct os_behaviour does;
        bool account;
        struct world_config config;
        char profile[512];
        bool joins;  /* Wi-Fi is joined */
        bool unseen; /* done, and not verified */
        enum fault fault;
};

static bool has(const struct cell *c, unsigned what)
{
        return c->platform->has & what;
}

static bool is_rtl(const struct cell *c)
{
        return c->platform->chip == CHIP_RTL872X;
}

static bool supported(const struct cell *c)
{
        return strcmp(c->platform->key, "xenon") != 0;
}

static bool wifi(const struct cell *c)
{
        return has(c, PLATFORM_WIFI);
}

static bool cellular(const struct cell *c)
{
        return has(c, PLATFORM_CELLULAR);
}

static bool only_cellular(const struct cell *c)
{
        return cellular(c) && !wifi(c);
}

static bool with_ethernet(const struct cell *c)
{
        return supported(c) && has(c, PLATFORM_ETHERNET) && c->does.ethernet;
}

/* The link ends with listening mode, and the device does not connect before: nobody but the cloud can tell
 * what became of it. */
static bool is_blind(const struct cell *c)
{
        bool waits = wifi(c) && c->joins && c->does.join == JOIN_VALIDATES;

        return is_rtl(c) && c->does.stop_listening_kills_ble && !waits;
}

static void add_mishap(struct cell *c, enum mishap_kind kind, uint32_t arg, unsigned times)
{
        c->config.mishap[c->config.n_mishaps++] =
                (struct mishap){ .kind = kind, .arg = arg, .times = times };
}

/* The profile: account or not, and the network of `wifi` (NULL: the default one) for devices that join one.
 */
static void set_profile(struct cell *c, const char *more, const char *network)
{
        snprintf(c->profile, sizeof(c->profile), "[setup]\n%s%s%s%s",
                 c->account ? "name = Lamp\n" : "claim = none\n", more, network && wifi(c) ? "[wifi]\n" : "",
                 network && wifi(c) ? network : "");
        c->config.profile = c->profile;
        c->joins = network && wifi(c);
}

static const char LAB[] = "ssid = usher-lab\n";

/* the rows */
static void happy(struct cell *c)
{
        if (!supported(c))
                c->fault = FAULT_DEVICE_UNSUPPORTED;
}

static void wrong_secret(struct cell *c)
{
        c->config.secret = "abcdefghijklmno";
        c->fault = FAULT_SECRET_MISMATCH;
}

static void no_secret(struct cell *c)
{
        add_mishap(c, MISHAP_NO_SECRET, 0, 0);
        c->fault = FAULT_DEVICE_NO_SECRET;
}

static void not_there(struct cell *c)
{
        add_mishap(c, MISHAP_NOT_ADVERTISING, 0, 0);
        c->fault = FAULT_DEVICE_NOT_FOUND;
}

static void protected_and_silent(struct cell *c)
{
        c->config.device.protected = true;
        c->fault = FAULT_DEVICE_NOT_FOUND;
}

static void another_device(struct cell *c)
{
        add_mishap(c, MISHAP_WRONG_DEVICE, 0, 0);
        c->fault = FAULT_DEVICE_WRONG;
}

static void another_version(struct cell *c)
{
        add_mishap(c, MISHAP_VERSION, 3, 0);
        c->fault = FAULT_DEVICE_VERSION;
}

static void bad_proof(struct cell *c)
{
        add_mishap(c, MISHAP_BAD_PROOF, 0, 0);
        c->fault = FAULT_LINK_PROTOCOL;
}

static void bad_proof_once(struct cell *c)
{
        add_mishap(c, MISHAP_BAD_PROOF, 0, 1);
}

static void bad_confirmation(struct cell *c)
{
        add_mishap(c, MISHAP_BAD_CONFIRM, 0, 0);
        c->fault = FAULT_SECRET_MISMATCH;
}

static void bad_tag_once(struct cell *c)
{
        add_mishap(c, MISHAP_BAD_TAG, 0, 1);
}

static void padded_frames(struct cell *c)
{
        add_mishap(c, MISHAP_PAD_FRAMES, 3, 0);
}

static void link_refused_once(struct cell *c)
{
        add_mishap(c, MISHAP_REFUSE_LINK, 0, 1);
}

static void slow_link(struct cell *c)
{
        c->config.device.interval_ms = 50;
        c->config.device.packets = 1;
}

/* Wi-Fi */
static void wrong_password(struct cell *c)
{
        c->config.password = "wrong horse";
        c->fault = FAULT_WIFI_PASSWORD;
}

static void not_seen(struct cell *c)
{
        set_profile(c, "", "ssid = elsewhere\n");
        c->fault = FAULT_WIFI_NOT_SEEN;
}

static void weak(struct cell *c)
{
        c->config.world =
                "[network]\nssid = usher-lab\nsecurity = wpa2\npassword = correct horse\nrssi = -89\n";
        c->fault = FAULT_WIFI_WEAK;
}

static void open_network(struct cell *c)
{
        c->config.world = "[network]\nssid = cafe\nsecurity = open\n";
        c->config.password = "";
        set_profile(c, "", "ssid = cafe\n");
}

static void open_network_with_password(struct cell *c)
{
        c->config.world = "[network]\nssid = cafe\nsecurity = open\n";
        set_profile(c, "", "ssid = cafe\n");
        c->fault = FAULT_WIFI_SETTINGS;
}

static void no_password(struct cell *c)
{
        c->config.password = "";
        c->fault = FAULT_WIFI_SETTINGS;
}

static void hidden_network(struct cell *c)
{
        c->config.world =
                "[network]\nssid = secret\nsecurity = wpa2\npassword = correct horse\nhidden = yes\n";
        set_profile(c, "", "ssid = secret\nhidden = yes\n");
        c->fault = c->does.hidden_field && (!is_rtl(c) || c->does.hidden_by_request) ? FAULT_NONE
                                                                                     : FAULT_WIFI_JOIN;
}

static void hidden_but_not_said(struct cell *c)
{
        c->config.world =
                "[network]\nssid = secret\nsecurity = wpa2\npassword = correct horse\nhidden = yes\n"
                "[network]\nssid = other\nsecurity = open\n";
        set_profile(c, "", "ssid = secret\n");
        /* Argon joins what it is told, and does not find it again until it is told that the name is hidden
         */
        c->fault = is_rtl(c) || c->does.join == JOIN_SAVES_FIRST ? FAULT_WIFI_NOT_SEEN : FAULT_NONE;
}

static void wpa3_network(struct cell *c)
{
        c->config.world = "[network]\nssid = new\nsecurity = wpa3\npassword = correct horse\n";
        set_profile(c, "", "ssid = new\nsecurity = wpa3\n");
        c->fault =
                !is_rtl(c) || (c->does.wpa3 && c->does.hidden_by_request) ? FAULT_NONE : FAULT_WIFI_SETTINGS;
}

static void odd_name(struct cell *c)
{
        c->config.world = "[network]\nssid = a,b \"c\"\nsecurity = wpa2\npassword = correct horse\n";
        set_profile(c, "", "ssid = a,b \"c\"\nsecurity = wpa2\n");
        c->fault = is_rtl(c) || c->does.hidden_field ? FAULT_NONE : FAULT_WIFI_JOIN;
}

static void band_of_5ghz(struct cell *c)
{
        c->config.world = "[network]\nssid = five\nsecurity = wpa2\npassword = correct horse\nchannel = 36\n"
                          "[network]\nssid = two\nsecurity = open\n";
        set_profile(c, "", "ssid = five\n");
        c->fault = has(c, PLATFORM_5GHZ) ? FAULT_NONE : FAULT_WIFI_NOT_SEEN;
}

static void join_race(struct cell *c)
{
        add_mishap(c, MISHAP_JOIN_RACE, 0, 1);
        c->fault = c->does.join == JOIN_CONNECTS_FIRST ? FAULT_NONE : FAULT_WIFI_PASSWORD;
}

static void join_drops_link(struct cell *c)
{
        add_mishap(c, MISHAP_JOIN_DROPS_LINK, 0, 1);
}

static void join_is_cut_off(struct cell *c)
{
        add_mishap(c, MISHAP_DROP_AT_REQUEST, CONTROL_WIFI_JOIN_NEW_NETWORK, 1);
}

static void several_networks(struct cell *c)
{
        set_profile(c, "", "ssid = elsewhere\n[wifi 2]\nssid = usher-lab\n");
        c->config.second_password = "correct horse";
        c->unseen = !c->does.stores_without_join; /* the first is not kept */
}

/* cellular */
static void slow_registration(struct cell *c)
{
        c->config.world = "[cellular]\ninternal = ok\nregister-ms = 400000\n";
}

static void no_registration(struct cell *c)
{
        c->config.world = "[cellular]\ninternal = refused\n";
        c->fault = FAULT_DEVICE_OFFLINE;
}

static void modem_error_once(struct cell *c)
{
        add_mishap(c, MISHAP_MODEM_ERROR, 0, 1);
}

static void modem_error(struct cell *c)
{
        add_mishap(c, MISHAP_MODEM_ERROR, 0, 0);
        c->fault = FAULT_MODEM;
}

static void sticky_external_sim(struct cell *c)
{
        c->config.device.active_sim = SIM_EXTERNAL;
        c->fault = FAULT_SIM;
}

static void back_to_the_internal_sim(struct cell *c)
{
        c->config.device.active_sim = SIM_EXTERNAL;
        set_profile(c, "[cellular]\nsim = internal\n", LAB);
}

static void repair_sim(struct cell *c)
{
        c->config.device.active_sim = SIM_EXTERNAL;
        c->config.task = TASK_REPAIR_SIM;
}

static void external_sim(struct cell *c)
{
        c->config.world = "[cellular]\ninternal = none\nexternal = ok\napn = internet\n";
        set_profile(c, "[cellular]\nsim = external\napn = internet\n", LAB);
}

static void external_sim_with_wrong_apn(struct cell *c)
{
        c->config.world = "[cellular]\ninternal = none\nexternal = ok\napn = internet\n";
        set_profile(c, "[cellular]\nsim = external\napn = other\n", LAB);
        c->fault = FAULT_DEVICE_OFFLINE;
}

/* Ethernet */
static void ethernet(struct cell *c)
{
        c->config.world = "[ethernet]\nwing = yes\ncable = yes\n";
        set_profile(c, "ethernet = yes\n", NULL);
}

static void ethernet_without_wing(struct cell *c)
{
        c->config.world = "[ethernet]\nwing = no\ncable = yes\n";
        set_profile(c, "ethernet = yes\n", NULL);
        c->fault = FAULT_ETHERNET;
}

/* the way to the cloud */
/* Old firmware is associated by the join itself. */
static bool associates_later(const struct cell *c)
{
        return supported(c) && (!wifi(c) || c->does.join != JOIN_SAVES_FIRST);
}

static void no_association(struct cell *c)
{
        add_mishap(c, MISHAP_NO_ASSOCIATION, 0, 0);
        c->fault = FAULT_DEVICE_OFFLINE;
}

static void no_address(struct cell *c)
{
        add_mishap(c, MISHAP_NO_ADDRESS, 0, 0);
        c->fault = FAULT_DEVICE_NO_ADDRESS;
}

static void no_dns(struct cell *c)
{
        add_mishap(c, MISHAP_NO_DNS, 0, 0);
        c->fault = FAULT_DEVICE_NO_INTERNET;
}

static void no_internet(struct cell *c)
{
        add_mishap(c, MISHAP_NO_INTERNET, 0, 0);
        c->fault = FAULT_DEVICE_NO_INTERNET;
}

static void udp_blocked(struct cell *c)
{
        add_mishap(c, MISHAP_UDP_BLOCKED, 0, 0);
        c->fault = FAULT_DEVICE_CLOUD_BLOCKED;
}

static void bad_keys(struct cell *c)
{
        add_mishap(c, MISHAP_BAD_KEYS, 0, 0);
        c->fault = FAULT_DEVICE_KEYS;
}

static void low_power(struct cell *c)
{
        add_mishap(c, MISHAP_LOW_POWER, 0, 0);
        c->fault = FAULT_DEVICE_OFFLINE;
}

static void resumed_session(struct cell *c)
{
        add_mishap(c, MISHAP_RESUMED_SESSION, 0, 0);
}

/* product firmware */
static void provisioning_mode(struct cell *c)
{
        c->config.device.start = VDEVICE_START_PROVISIONING;
        c->config.device.setup_done = true;
}

static void protected_in_provisioning_mode(struct cell *c)
{
        c->config.device.start = VDEVICE_START_PROVISIONING;
        c->config.device.protected = true;
        c->unseen = !c->account;
}

static bool knows_provisioning(const struct cell *c)
{
        return supported(c) && c->does.provisioning_mode;
}

static bool can_be_protected(const struct cell *c)
{
        return c->does.protected_state;
}

static bool wifi_can_be_protected(const struct cell *c)
{
        return wifi(c) && can_be_protected(c);
}

/* A device that usher does not set up is refused whatever else there is. */
static bool always(const struct cell *c)
{
        return supported(c);
}

static bool any(const struct cell *c)
{
        (void)c;
        return true;
}

static const struct row {
        const char *name;
        bool (*applies)(const struct cell *c);
        void (*spoil)(struct cell *c);
} rows[] = {
        { "happy", any, happy },
        { "wrong secret", always, wrong_secret },
        { "no secret in the device", always, no_secret },
        { "not there", always, not_there },
        { "protected and silent", can_be_protected, protected_and_silent },
        { "another device", always, another_device },
        { "another protocol version", always, another_version },
        { "bad proof", always, bad_proof },
        { "bad proof once", always, bad_proof_once },
        { "bad confirmation", always, bad_confirmation },
        { "bad tag once", always, bad_tag_once },
        { "padded frames", always, padded_frames },
        { "link refused once", always, link_refused_once },
        { "slow link", always, slow_link },
        { "wrong password", wifi, wrong_password },
        { "network not seen", wifi, not_seen },
        { "network weak", wifi, weak },
        { "open network", wifi, open_network },
        { "open network with password", wifi, open_network_with_password },
        { "no password", wifi, no_password },
        { "hidden network", wifi, hidden_network },
        { "hidden but not said", wifi, hidden_but_not_said },
        { "WPA3 network", wifi, wpa3_network },
        { "odd name", wifi, odd_name },
        { "5 GHz", wifi, band_of_5ghz },
        { "join race", wifi, join_race },
        { "join drops the link", wifi, join_drops_link },
        { "join is cut off", wifi, join_is_cut_off },
        { "several networks", wifi, several_networks },
        { "slow registration", only_cellular, slow_registration },
        { "no registration", only_cellular, no_registration },
        { "modem error once", cellular, modem_error_once },
        { "modem error", cellular, modem_error },
        { "sticky external SIM", only_cellular, sticky_external_sim },
        { "back to the internal SIM", cellular, back_to_the_internal_sim },
        { "repair of the SIM", only_cellular, repair_sim },
        { "external SIM", only_cellular, external_sim },
        { "external SIM, wrong APN", only_cellular, external_sim_with_wrong_apn },
        { "Ethernet", with_ethernet, ethernet },
        { "Ethernet without wing", with_ethernet, ethernet_without_wing },
        { "no association", associates_later, no_association },
        { "no address", wifi, no_address },
        { "no DNS", always, no_dns },
        { "no internet", always, no_internet },
        { "UDP 5684 blocked", always, udp_blocked },
        { "bad keys", always, bad_keys },
        { "low power", associates_later, low_power },
        { "resumed session", always, resumed_session },
        { "provisioning mode", knows_provisioning, provisioning_mode },
        { "protected in provisioning mode", wifi_can_be_protected, protected_in_provisioning_mode },
};

static struct {
        unsigned run, wrong, no_such_firmware, no_such_hardware;
} count;

/* What is told of a device that nobody can ask. */
static void blind(struct cell *c)
{
        bool way = c->fault == FAULT_DEVICE_OFFLINE || c->fault == FAULT_DEVICE_NO_ADDRESS ||
                   c->fault == FAULT_DEVICE_NO_INTERNET || c->fault == FAULT_DEVICE_CLOUD_BLOCKED ||
                   c->fault == FAULT_DEVICE_KEYS;

        c->unseen |= !c->account && (way || c->fault == FAULT_NONE);
        if (!c->account && c->unseen)
                c->fault = FAULT_NONE;
        else if (way)
                c->fault = FAULT_DEVICE_OFFLINE;
}

static bool run(struct cell *c, const struct row *row)
{
        char os[OS_VERSION_TEXT_MAX];
        struct world_scene s;
        bool over, good;

        os_version_format(c->os, os);
        c->config.platform = c->platform->key;
        c->config.os = os;
        set_profile(c, "", LAB);
        row->spoil(c);
        if (is_blind(c) && c->config.device.start != VDEVICE_START_PROVISIONING)
                blind(c);
        world_scene_init(&s, &c->config);
        over = world_scene_run(&s, LIMIT);
        good = over && s.job.end.trouble.fault == c->fault &&
               s.job.end.verified == (c->fault == FAULT_NONE && !c->unseen);
        if (!good)
                print_error("%s %s %s, %s: %s instead of %s (%s)\n   %s\n", c->platform->key, os,
                            c->account ? "account" : "none", row->name,
                            over ? fault_info(s.job.end.trouble.fault)->key : "hangs",
                            fault_info(c->fault)->key, s.job.end.trouble.cause, s.events);
        world_scene_done(&s);
        return good;
}

static void run_platform(const struct platform *p, struct os_version os)
{
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                for (int account = 0; account < 2; account++) {
                        struct cell c = { .platform = p, .os = os, .account = account };

                        os_behaviour(p, os, &c.does);
                        if (!rows[i].applies(&c)) {
                                count.no_such_hardware++;
                                continue;
                        }
                        count.run++;
                        if (!run(&c, &rows[i]))
                                count.wrong++;
                }
}

static void matrix(void **state)
{
        const struct platform *p;

        (void)state;
        for (size_t i = 0; (p = platform_at(i)); i++)
                for (size_t k = 0; k < ELEMENTSOF(versions); k++) {
                        struct os_version os;

                        assert_int_equal(os_version_parse(versions[k], &os), 0);
                        if (os_runs_on(p, os))
                                run_platform(p, os);
                        else
                                count.no_such_firmware += 2 * ELEMENTSOF(rows);
                }
        print_message("%u cells: %u as device.md says, %u not; %u of no such firmware, %u of no such "
                      "hardware\n",
                      count.run, count.run - count.wrong, count.wrong, count.no_such_firmware,
                      count.no_such_hardware);
        assert_int_equal(count.wrong, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(matrix),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
