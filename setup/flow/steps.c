/* SPDX-License-Identifier: Apache-2.0 */

/* THE TABLE. Order is that of the device reference, section 1: nothing is written to the device before it is
 * known to be the right one; the claim code is there before the first handshake with the cloud; the cloud is
 * asked while the radio works. Budgets are those of sections 1.2 and 3.6; those of the cloud leave its
 * client the 60 s in which it tries again by itself.
 *
 * The names stand in databases, logs and translations: a row may be added or moved, never renamed. */

#include "setup/flow/steps.h"

#define S   *1000u
#define MIN *60000u

/* clang-format off: a table reads best as one */
static const struct step table[] = {
        /* name, text,
         * lane, needs, families, claims, after, budget, limit, pause, tries, late,
         * start, finish, trouble, answer, skip */
        { "find", "Looking for the device", LANE_RADIO, NEEDS_NOTHING, FAMILY_ANY, FOR_ALL, NULL, 60 S, 0, 0,
          1, FAULT_DEVICE_NOT_FOUND, find_start, find_finish, find_trouble, NULL, find_skip },
        { "secret", "Completing the mobile secret", LANE_RADIO, NEEDS_NOTHING, FAMILY_ANY, FOR_ALL, "serial",
          0, 0, 0, 1, FAULT_LABEL_PARTIAL_SECRET, secret_start, NULL, NULL, NULL, secret_skip },
        { "connect", "Connecting to the device", LANE_RADIO, NEEDS_NOTHING, FAMILY_ANY, FOR_ALL, NULL, 25 S,
          0, 1 S, 4, FAULT_BT_CONNECT, connect_start, connect_finish, connect_trouble, NULL, connect_skip },
        { "session", "Opening the encrypted session", LANE_RADIO, NEEDS_LINK, FAMILY_ANY, FOR_ALL, NULL,
          15 S, 0, 500, 3, FAULT_LINK_SILENT, session_start, session_finish, session_trouble, NULL,
          session_skip },
        { "identity", "Asking the device who it is", LANE_RADIO, NEEDS_SESSION, FAMILY_ANY, FOR_ALL, NULL,
          20 S, 0, 1 S, 3, FAULT_LINK_SILENT, identity_start, identity_finish, NULL, NULL, identity_skip },
        { "account", "Checking the access token", LANE_CLOUD, NEEDS_NOTHING, FAMILY_ANY, FOR_USER, NULL,
          70 S, 0, 2 S, 2, FAULT_CLOUD_UNREACHABLE, account_start, account_finish, NULL, NULL,
          account_skip },
        { "serial", "Looking the serial number up", LANE_CLOUD, NEEDS_NOTHING, FAMILY_ANY, FOR_USER, NULL,
          70 S, 0, 2 S, 2, FAULT_CLOUD_UNREACHABLE, serial_start, serial_finish, serial_trouble, NULL,
          serial_skip },
        { "device-id", "Waiting for the device's id", LANE_CLOUD, NEEDS_NOTHING, FAMILY_ANY, FOR_USER,
          "identity", 0, 0, 0, 1, FAULT_CLOUD_NOT_FOUND, device_id_start, NULL, NULL, NULL, device_id_skip },
        { "owner", "Asking whose device it is", LANE_CLOUD, NEEDS_NOTHING, FAMILY_ANY, FOR_USER, NULL, 70 S,
          0, 2 S, 2, FAULT_CLOUD_UNREACHABLE, owner_start, owner_finish, NULL, NULL, owner_skip },
        { "claim-code", "Getting a claim code", LANE_CLOUD, NEEDS_NOTHING, FAMILY_ANY, FOR_USER, NULL, 70 S,
          0, 2 S, 2, FAULT_CLOUD_UNREACHABLE, claim_code_start, claim_code_finish, NULL, NULL,
          claim_code_skip },
        { "set-claim-code", "Giving the device its claim code", LANE_RADIO, NEEDS_SESSION, FAMILY_ANY,
          FOR_USER, "claim-code", 20 S, 0, 1 S, 3, FAULT_LINK_SILENT, set_claim_code_start,
          set_claim_code_finish, NULL, NULL, set_claim_code_skip },
        { "wifi-choose", "Looking for Wi-Fi networks", LANE_RADIO, NEEDS_SESSION, FAMILY_WIFI, FOR_ALL, NULL,
          60 S, 0, 2 S, 3, FAULT_LINK_SILENT, wifi_choose_start, wifi_choose_finish, NULL,
          wifi_choose_answer, wifi_choose_skip },
        { "wifi-join", "Joining the Wi-Fi network", LANE_RADIO, NEEDS_SESSION, FAMILY_WIFI, FOR_ALL, NULL,
          110 S, 20 MIN, 3 S, 4, FAULT_LINK_SILENT, wifi_join_start, wifi_join_finish, NULL,
          wifi_join_answer, wifi_join_skip },
        { "setup-done", "Ending setup mode", LANE_RADIO, NEEDS_SESSION, FAMILY_ANY, FOR_ALL, NULL, 20 S, 0,
          1 S, 4, FAULT_LINK_SILENT, setup_done_start, setup_done_finish, setup_done_trouble, NULL,
          setup_done_skip },
        { "online", "Waiting for the device to come online", LANE_RADIO, NEEDS_SESSION, FAMILY_ANY, FOR_ALL,
          NULL, 60 S, 5 MIN, 3 S, 2, FAULT_LINK_SILENT, online_start, online_finish, NULL, NULL,
          online_skip },
        { "verify-owner", "Verifying the owner", LANE_CLOUD, NEEDS_NOTHING, FAMILY_ANY, FOR_USER,
          "setup-done", 70 S, 330 S, 2 S, 2, FAULT_CLOUD_UNREACHABLE, verify_owner_start,
          verify_owner_finish, NULL, NULL, verify_owner_skip },
        { "claim", "Claiming the device by its id", LANE_CLOUD, NEEDS_NOTHING, FAMILY_ANY, FOR_USER,
          "setup-done", 70 S, 5 MIN, 3 S, 2, FAULT_CLOUD_UNREACHABLE, claim_start, claim_finish,
          claim_trouble, NULL, claim_skip },
        { "name", "Naming the device", LANE_CLOUD, NEEDS_NOTHING, FAMILY_ANY, FOR_USER, NULL, 70 S, 0, 2 S,
          2, FAULT_CLOUD_UNREACHABLE, name_start, name_finish, NULL, NULL, name_skip },
};
/* clang-format on */

const struct step *steps(size_t *ret_n)
{
        *ret_n = ELEMENTSOF(table);
        return table;
}
