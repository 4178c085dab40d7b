/* SPDX-License-Identifier: Apache-2.0 */

/* THE TABLE. Order is that of device.md 1: nothing is written to the device before it is known to be the
 * right one; the claim code is there before the first handshake with the cloud; the cloud is asked while the
 * radio works. Times are those of device.md 1.2 and 3.6; those of the cloud leave its client the 60 s in
 * which it tries again by itself, and before that the time for which a row waits for news. Lights are those
 * of device.md 6; listening mode hides what the network does.
 *
 * The names stand in databases, logs and translations: a row may be added or moved, never renamed. */

#include "setup/flow/step.h"

/* clang-format off */
extern const struct step_acts find_acts, secret_acts, connect_acts, session_acts, identity_acts, inspect_acts,
    account_acts, product_acts, member_acts, serial_acts, device_id_acts, owner_acts, limit_acts,
    claim_code_acts, import_acts, update_acts, ethernet_acts, sim_acts, iccid_acts, restart_acts, resume_acts,
    set_claim_code_acts, wifi_choose_acts, wifi_join_acts, wifi_save_acts, wait_online_acts, setup_done_acts,
    release_acts, online_acts, wifi_list_acts, wifi_forget_acts, sim_check_acts, sim_activate_acts,
    sim_verdict_acts, verify_owner_acts, claim_acts, name_acts, mark_acts;
#define RADIO(n) .lane = LANE_RADIO, .needs = n, .late = FAULT_LINK_SILENT
#define SESSION  RADIO(NEEDS_SESSION)
#define CLOUD    .lane = LANE_CLOUD, .needs = NEEDS_NOTHING, .late = FAULT_CLOUD_UNREACHABLE

/* Budget, limit, pause, tries, first pause, each operation for itself, what is told */
#define S       *1000u
#define MIN     *60000u
#define AT_ONCE { 0, 0, 0, 1 }
#define REQUEST { 20 S, 0, 1 S, 3 }
#define SERIES  { 20 S, 1 MIN, 100, 3, .each = true } /* of requests */
#define SLOW    { 60 S, 0, 2 S, 3 }     /* the device scans, or starts its modem */
#define CALL    { 70 S, 0, 2 S, 2 }     /* to the cloud */
#define ACTS(f) .acts = &f##_acts
#define BLUE    "blinking dark blue" /* listening mode */
#define API     .hint = "waiting for the cloud's answer"

static const struct step table[] = {
        { "find", "Looking for the device", .lane = LANE_RADIO, .late = FAULT_DEVICE_NOT_FOUND,
          .tasks = TASKS_ALL, ACTS(find), .time = { 60 S, 90 S, 0, 1, .told_ms = 60 S }, .light = BLUE,
          .hint = "hold MODE until it blinks dark blue" },
        { "secret", "Completing the mobile secret", RADIO(NEEDS_NOTHING), .tasks = TASKS_ALL,
          ACTS(secret), .after = "serial", .time = AT_ONCE, .light = BLUE },
        { "connect", "Connecting to the device", .lane = LANE_RADIO, .late = FAULT_BT_CONNECT,
          .tasks = TASKS_ALL, ACTS(connect), .time = { 25 S, 0, 1 S, 4 }, .light = BLUE,
          .hint = "it should be near, and blink dark blue" },
        { "session", "Opening the encrypted session", RADIO(NEEDS_LINK), .tasks = TASKS_ALL,
          ACTS(session), .time = { 15 S, 0, 500, 3 }, .light = BLUE },
        { "identity", "Asking the device who it is", SESSION, .tasks = TASKS_ALL,
          ACTS(identity), .time = REQUEST, .light = BLUE },
        { "inspect", "Asking the device for everything", SESSION, .tasks = TASKS_ALL,
          ACTS(inspect), .time = { 60 S, 0, 1 S, 3 }, .light = BLUE },
        { "account", "Checking the access token", CLOUD, .claims = FOR_CLOUD, .tasks = TASKS_UPDATE,
          ACTS(account), .time = CALL, API, .light = BLUE },
        { "product", "Checking the product", CLOUD, .claims = FOR_PRODUCT,
          ACTS(product), .time = CALL, API, .light = BLUE },
        { "member", "Looking for the device in the product", CLOUD, .claims = FOR_PRODUCT,
          ACTS(member), .time = CALL, API, .light = BLUE },
        { "serial", "Looking the serial number up", CLOUD, .claims = FOR_CLOUD, .tasks = TASKS_UPDATE,
          ACTS(serial), .time = CALL, API, .light = BLUE },
        { "device-id", "Waiting for the device's id", CLOUD, .claims = FOR_CLOUD, .after = "identity",
          ACTS(device_id), .time = AT_ONCE, .light = BLUE },
        { "owner", "Asking whose device it is", CLOUD, .claims = FOR_CLOUD,
          ACTS(owner), .time = CALL, API, .light = BLUE },
        { "limit", "Checking how many devices the account may have", CLOUD, .claims = FOR_USER,
          ACTS(limit), .time = CALL, API, .light = BLUE },
        { "claim-code", "Getting a claim code", CLOUD, .claims = FOR_CODES, /* when an update is over */
          ACTS(claim_code), .time = { 70 S, 90 MIN, 2 S, 2, .each = true }, .light = BLUE " or magenta",
          API },
        { "import", "Adding the device to the product", CLOUD, .claims = FOR_PRODUCT,
          ACTS(import), .time = CALL, API, .light = BLUE },
        { "update", "Updating the firmware", SESSION, .tasks = TASKS_UPDATE, .after = "serial",
          ACTS(update), .time = { 70 S, 60 MIN, 0, 3 }, .light = "blinking magenta",
          .hint = "leave it powered" },
        { "ethernet", "Looking for an Ethernet adapter", SESSION,
          ACTS(ethernet), .time = SERIES, .light = BLUE },
        { "sim", "Choosing the SIM", SESSION, .families = FAMILY_CELLULAR, .tasks = TASKS_SIM,
          ACTS(sim), .time = SERIES, .light = BLUE },
        { "iccid", "Reading the SIM", SESSION, .families = FAMILY_CELLULAR, .tasks = TASKS_SIM,
          ACTS(iccid), .time = { 130 S, 0, 2 S, 3 }, .light = BLUE,
          .hint = "its modem starts" },
        { "restart", "Restarting the device", SESSION, .tasks = TASKS_RESTART,
          ACTS(restart), .time = { 20 S, 30 S, 1 S, 3, 500 }, .light = "solid white, then " BLUE,
          .hint = "leave it powered" },
        { "resume", "Connecting again", SESSION, .tasks = TASKS_RESTART,
          ACTS(resume), .time = AT_ONCE, .light = BLUE },
        { "set-claim-code", "Giving the device its claim code", SESSION, .claims = FOR_ANY_CODE,
          ACTS(set_claim_code), .after = "claim-code", .time = REQUEST, .light = BLUE },
        { "wifi-choose", "Looking for Wi-Fi networks", SESSION, .families = FAMILY_WIFI,
          ACTS(wifi_choose), .time = SLOW, .light = BLUE,
          .hint = "the device scans" },
        { "wifi-join", "Joining the Wi-Fi network", SESSION, .families = FAMILY_WIFI, .after = "import",
          ACTS(wifi_join), .time = { 110 S, 20 MIN, 3 S, 4, .each = true }, .light = BLUE,
          .hint = "the device tries it" },
        { "wifi-save", "Saving the other networks", SESSION, .families = FAMILY_WIFI,
          ACTS(wifi_save), .time = { 60 S, 2 MIN, 100, 3, .each = true }, .light = BLUE },
        { "wait-online", "Waiting for the device to come online", SESSION, .families = FAMILY_WIFI,
          ACTS(wait_online), .time = { 60 S, 10 MIN, 3 S, 5, 500, .told_ms = 150 S }, .light = BLUE,
          .hint = "breathing cyan says that it is" },
        { "setup-done", "Ending setup mode", SESSION, .tasks = TASKS_DONE, .after = "sim-check",
          ACTS(setup_done), .time = { 20 S, 0, 1 S, 4 }, .light = BLUE },
        { "release", "Releasing the link", RADIO(NEEDS_NOTHING), .claims = FOR_CLOUD,
          ACTS(release), .time = AT_ONCE, .light = "blinking green, then cyan" },
        { "register", "Waiting for the cellular network", SESSION, .families = FAMILY_CELLULAR,
          .tasks = TASKS_DONE, ACTS(online), .time = { 60 S, 10 MIN, 3 S, 3, 500 }, .light = "blinking green",
          .hint = "a first time takes minutes: is the antenna on?" },
        { "online", "Waiting for the device to come online", SESSION, .tasks = TASKS_DONE,
          ACTS(online), .time = { 60 S, 5 MIN, 3 S, 3, 500 }, .light = "blinking green, then cyan",
          .hint = "breathing cyan says that it is" },
        { "wifi-list", "Reading the known networks", SESSION, .tasks = TASKS_LIST,
          ACTS(wifi_list), .time = REQUEST, .light = BLUE },
        { "wifi-forget", "Removing known networks", SESSION, .tasks = TASKS_FORGET,
          ACTS(wifi_forget), .time = REQUEST, .light = BLUE },
        { "sim-check", "Asking the cloud about the SIM", CLOUD, .claims = FOR_TEAM, .after = "resume",
          ACTS(sim_check), .time = CALL, API, .light = BLUE },
        { "sim-activate", "Activating the SIM", CLOUD, .claims = FOR_TEAM,
          ACTS(sim_activate), .time = { 12 MIN, 0, 2 S, 2 }, .light = BLUE ", then green",
          .hint = "the carrier takes minutes" },
        { "sim-verdict", "Seeing whether the SIM works", CLOUD, .claims = FOR_TEAM, .after = "setup-done",
          ACTS(sim_verdict), .time = { 30 S, 1 MIN, 3 S, 1, 500 }, .light = "blinking green",
          .hint = "it may work all the same" },
        { "verify-owner", "Verifying the owner", CLOUD, .claims = FOR_CLOUD, .after = "setup-done",
          ACTS(verify_owner), .time = { 90 S, 11 MIN, 2 S, 2, 500 }, .light = "blinking green, then cyan",
          .hint = "waiting for the device at the cloud" },
        { "claim", "Claiming the device by its id", CLOUD, .claims = FOR_CLOUD, .after = "setup-done",
          ACTS(claim), .time = { 70 S, 5 MIN, 1 S, 2 }, .light = "breathing cyan",
          .hint = "the cloud must see it online: breathing cyan" },
        { "name", "Naming the device", CLOUD, .claims = FOR_CODES,
          ACTS(name), .time = CALL, API, .light = "breathing cyan" },
        { "mark", "Setting what the product keeps of the device", CLOUD, .claims = FOR_TEAM,
          ACTS(mark), .time = { 70 S, 5 MIN, 100, 2, .each = true }, .light = "breathing cyan",
          API },
};

const struct step *steps(size_t *ret_n)
{
        *ret_n = ELEMENTSOF(table);
        return table;
}
