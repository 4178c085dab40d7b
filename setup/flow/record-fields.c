/* SPDX-License-Identifier: Apache-2.0 */

/* The fields: one row for each member of the parts in facts.h, in the order of struct job where nothing else
 * is better to read. Type and size are taken from the member, so that they cannot differ from it; that none
 * is missing is what tests/lint/record.py looks after.
 *
 * The names stand in databases, events and reports: a row may be added or moved, never renamed. A new one
 * gets the version of the record that follows. */

#include "setup/flow/job.h"
#include "setup/flow/record.h"
#include <limits.h>

static const char *ownership_word(int value)
{
        switch ((enum ownership)value) {
        case OWNER_UNKNOWN: return "unknown";
        case OWNER_NONE: return "none";
        case OWNER_ME: return "me";
        case OWNER_OTHER: return "other";
        case OWNER_HIDDEN: return "hidden";
        }
        return NULL;
}

static const char *feature_word(int value)
{
        switch ((enum feature)value) {
        case FEATURE_UNKNOWN: return "unknown";
        case FEATURE_OFF: return "off";
        case FEATURE_ON: return "on";
        case FEATURE_MISSING: return "missing";
        }
        return NULL;
}

static const char *restart_word(int value)
{
        switch ((enum restart)value) {
        case RESTART_NONE: return "none";
        case RESTART_WANTED: return "wanted";
        case RESTART_SENT: return "sent";
        }
        return NULL;
}

static const char *join_word(int value)
{
        switch ((enum join_state)value) {
        case JOIN_UNTRIED: return "untried";
        case JOIN_SENT: return "sent";
        case JOIN_UNSURE: return "unsure";
        case JOIN_REFUSED: return "refused";
        case JOIN_DONE: return "done";
        case JOIN_ASTRAY: return "astray";
        }
        return NULL;
}

static const char *outcome_word(int value)
{
        switch ((enum job_outcome)value) {
        case JOB_RUNNING: return "running";
        case JOB_DONE: return "done";
        case JOB_FAILED: return "failed";
        case JOB_PENDING: return "pending";
        case JOB_CANCELLED: return "cancelled";
        }
        return NULL;
}

static const char *fault_word(int value)
{
        return value >= 0 && value < _FAULT_MAX ? fault_info((enum fault)value)->key : NULL;
}

/* clang-format off */
#define MEMBER(m) (((struct job *)0)->m)
#define TYPE(m)   _Generic(MEMBER(m), bool: RECORD_BOOL, char *: RECORD_TEXT, default: RECORD_NUMBER)
#define LEAST(m)  _Generic(MEMBER(m), int: INT_MIN, int64_t: INT64_MIN, default: 0)
#define MOST(m)   _Generic(MEMBER(m), int: INT_MAX, int64_t: INT64_MAX, unsigned: UINT_MAX, default: 0)

#define ROW(field, version, m, bits, ...) \
        { .name = (field), .since = (version), .flags = (bits), \
          .offset = offsetof(struct job, m), .size = sizeof(MEMBER(m)), __VA_ARGS__ }
#define RANGE(field, version, m, bits, least, most) \
        ROW(field, version, m, bits, .type = TYPE(m), .min = (least), .max = (most))
#define FIELD(field, version, m, bits)    RANGE(field, version, m, bits, LEAST(m), MOST(m))
#define WORD(field, version, m, bits, by) ROW(field, version, m, bits, .type = RECORD_WORD, .word = (by))

enum { PERSONAL = RECORD_PERSONAL, DEVICE = RECORD_DEVICE };

static const struct record_field fields[] = {
        FIELD("device_id",                1, identity.id, 0),
        FIELD("os",                       1, identity.os, DEVICE),
        FIELD("protected",                1, identity.protected, 0),
        FIELD("families",                 1, identity.families, 0),

        FIELD("account",                  1, cloud.user, PERSONAL),
        FIELD("limit_asked",              1, cloud.limit_asked, 0),
        FIELD("serial_asked",             1, cloud.serial_asked, 0),
        FIELD("serial_unknown",           1, cloud.serial_unknown, 0),
        FIELD("cloud_device_id",          1, cloud.id, 0),
        FIELD("platform_id",              1, cloud.platform_id, 0),
        FIELD("cloud_iccid",              1, cloud.iccid, PERSONAL),
        FIELD("name",                     1, cloud.name, PERSONAL | DEVICE),
        FIELD("owner",                    1, cloud.owner_name, PERSONAL | DEVICE),
        WORD("ownership",                 1, cloud.owner, 0, ownership_word),
        FIELD("was_online",               1, cloud.was_online, 0),
        FIELD("handshake_s",              1, cloud.handshake_s, 0),

        FIELD("product_known",            1, product.known, 0),
        FIELD("product_platform_id",      1, product.platform, 0),
        FIELD("product_member_asked",     1, product.member_asked, 0),
        FIELD("product_imported",         1, product.imported, 0),
        FIELD("product_marked",           1, product.marked, 0),

        FIELD("claim_code_set",           1, claim.code_set, 0),
        FIELD("claim_sent",               1, claim.sent, 0),
        FIELD("came_online",              1, claim.online, 0),
        FIELD("named",                    1, claim.named, 0),
        FIELD("number",                   1, claim.number, 0),

        FIELD("sim_asked",                1, sim.asked, 0),
        FIELD("sim_before",               1, sim.before, 0),
        FIELD("sim_wanted",               1, sim.wanted, 0),
        FIELD("sim_pending",              1, sim.pending, 0),
        WORD("sim_fault",                 1, sim.trouble.fault, 0, fault_word),
        FIELD("sim_cause",                1, sim.trouble.cause, PERSONAL),

        FIELD("active_sim",               1, modem.active_sim, 0),
        FIELD("sim_set",                  1, modem.sim_set, 0),
        FIELD("access_point_set",         1, modem.access_point_set, 0),
        FIELD("iccid_asked",              1, modem.iccid_asked, 0),
        FIELD("iccid",                    1, modem.iccid, PERSONAL | DEVICE),
        FIELD("imei",                     1, modem.imei, PERSONAL | DEVICE),
        FIELD("modem_errors",             1, modem.errors, 0),
        FIELD("rssi",                     1, radio.rssi, DEVICE | RECORD_ZERO_UNKNOWN),

        WORD("ethernet",                  1, restart.ethernet, 0, feature_word),
        WORD("restart",                   1, restart.state, 0, restart_word),
        FIELD("restarts",                 1, restart.count, 0),

        FIELD("ncp_version",              1, update.ncp_version, 0),
        FIELD("ncp_module_version",       1, update.ncp_module_version, 0),
        FIELD("firmware_files",           1, update.applied, 0),

        RANGE("wifi_network",             1, wifi.network, 0, -1, PROFILE_NETWORKS_MAX - 1),
        FIELD("wifi_tried",               1, wifi.tried, 0),
        WORD("wifi_join",                 1, wifi.join, 0, join_word),
        FIELD("wifi_join_result",         1, wifi.join_result, 0),
        WORD("wifi_join_fault",           1, wifi.join_trouble.fault, 0, fault_word),
        FIELD("wifi_join_cause",          1, wifi.join_trouble.cause, PERSONAL),
        FIELD("wifi_hidden",              2, wifi.hidden, 0),
        FIELD("wifi_saved",               1, wifi.saved, 0),
        FIELD("wifi_unsaved",             2, wifi.unsaved, PERSONAL),
        FIELD("wifi_forgot",              1, device.forgot, 0),

        FIELD("stop_sent",                1, finish.stop_sent, 0),
        FIELD("setup_done",               1, finish.setup_done, 0),
        FIELD("listening_stopped",        1, finish.listening_stopped, 0),
        FIELD("connected",                1, online.connected, 0),

        FIELD("diagnosis_asked",          1, diagnosis.asked, 0),
        FIELD("diagnosis_association",    1, diagnosis.association_known, 0),
        FIELD("diagnosis_associated",     1, diagnosis.associated, 0),
        FIELD("diagnosis_rssi",           1, diagnosis.rssi, 0),
        FIELD("diagnosis_address",        1, diagnosis.address_known, 0),
        FIELD("diagnosis_has_address",    1, diagnosis.has_address, 0),
        FIELD("diagnosis_counters",       1, diagnosis.counters_known, 0),
        FIELD("diagnosis_net_status",     1, diagnosis.net_status, 0),
        FIELD("diagnosis_cloud_attempts", 1, diagnosis.cloud_attempts, 0),
        FIELD("diagnosis_cloud_error",    1, diagnosis.cloud_error, 0),
        FIELD("diagnosis_uptime_s",       1, diagnosis.uptime_s, 0),
        FIELD("diagnosis_restarted",      1, diagnosis.restarted, 0),
        FIELD("diagnosis_listening",      1, diagnosis.listening, 0),
        FIELD("diagnosis_forgotten",      1, diagnosis.forgotten, 0),
        FIELD("diagnosis_power",          2, diagnosis.power_known, 0),
        FIELD("diagnosis_on_battery",     2, diagnosis.on_battery, 0),
        FIELD("diagnosis_charge",         2, diagnosis.charge, 0),

        WORD("outcome",                   1, end.outcome, 0, outcome_word),
        WORD("fault",                     1, end.trouble.fault, 0, fault_word),
        FIELD("cause",                    1, end.trouble.cause, PERSONAL),
        FIELD("exchanges",                1, end.exchanges, 0),
        FIELD("verified",                 2, end.verified, 0),
};
/* clang-format on */

const struct record_field *record_fields(size_t *ret_n)
{
        *ret_n = ELEMENTSOF(fields);
        return fields;
}
