/* SPDX-License-Identifier: Apache-2.0 */

/* The registry's table of fields. A record that went through schema_complete() holds every field of its
 * collection, each null or of its kind, which is what lets handlers read without checking. A key that the
 * table does not know is refused: a seed with a misspelt field would otherwise test something else than
 * its author thinks. */

#include "tests/sim/cloud/schema.h"
#include "tests/sim/cloud/machine.h"
#include <errno.h>
#include <stdio.h>

static const struct field users[] = {
        { "username", TEXT, "!", false },
        { "password", TEXT, NULL, true },
        { "user_id", HEX24, NULL, false },
        { "otp", TEXT, NULL, true }, /* set: sign-in asks for this second factor */
        { "sso", FLAG, "false", false },
        { "max_devices", WHOLE, "100", false },
        { "account_info", TREE, "{}", false },
        { "subscription_ids", LIST, "[]", false },
};

static const struct field clients[] = {
        { "id", TEXT, "!", false },
        { "secret", TEXT, "!", true },
        { "product_id", WHOLE, NULL, false }, /* set: a product's own OAuth client */
};

static const struct field tokens[] = {
        { "token", TEXT, "!", true },
        { "kind", TEXT, "\"user\"", false }, /* user, api, customer, product */
        { "user", TEXT, NULL, false },       /* user name, customer's e-mail, API user's name */
        { "product_id", WHOLE, NULL, false },
        { "expires_at", INSTANT, NULL, false },
        { "refresh_token", TEXT, NULL, true },
        { "refresh_expires_at", INSTANT, NULL, false },
        { "client", TEXT, "\"particle\"", false },
        { "scopes", LIST, "[\"*:*\"]", false },
        { "friendly_name", TEXT, NULL, false },
};

static const struct field pending[] = {
        { "mfa_token", TEXT, "!", true },          { "user", TEXT, "!", false },
        { "client", TEXT, "\"particle\"", false }, { "expires_at", INSTANT, NULL, false },
        { "token_lives_s", WHOLE, NULL, false },
};

static const struct field devices[] = {
        { "id", HEX24, "!", false },
        { "name", TEXT, NULL, false },
        { "serial", TEXT, NULL, false },
        { "mobile_secret", TEXT, NULL, true },
        { "secret_recoverable", FLAG, "true", false },
        { "platform_id", WHOLE, "12", false },
        { "product_id", WHOLE, NULL, false }, /* null: sandbox */
        { "owner", TEXT, NULL, false },
        { "customer", FLAG, "false", false }, /* the owner is a product's customer */
        { "online", FLAG, "false", false },
        { "stale_online", FLAG, "false", false }, /* lost its link, and the cloud has not noticed yet */
        { "last_handshake_at", INSTANT, NULL, false },
        { "last_heard", INSTANT, NULL, false },
        { "last_ip_address", TEXT, NULL, false },
        { "iccid", TEXT, NULL, false },
        { "imei", TEXT, NULL, false },
        { "mac_wifi", TEXT, NULL, false },
        { "system_firmware_version", TEXT, NULL, false },
        { "notes", TEXT, NULL, false },
        { "groups", LIST, "[]", false },
        { "development", FLAG, "false", false },
        { "firmware_version", WHOLE, NULL, false }, /* of the product's firmware that runs there */
        { "desired_firmware_version", WHOLE, NULL, false },
        { "firmware_updates_enabled", FLAG, "true", false },
        { "firmware_updates_forced", FLAG, "false", false },
        { "quarantined", FLAG, "false", false },
        { "denied", FLAG, "false", false },
        { "protected", FLAG, "false", false },
        { "unprotect_nonce", TEXT, NULL, true }, /* of the cloud, between prepare and confirm */
        { "unprotect_until", INSTANT, NULL, false },
        { "updated_at", INSTANT, NULL, false },
        { "late_online_ms", WHOLE, "0", false },
        { "online_due_at", INSTANT, NULL, false }, /* late: what it said is kept in online_due */
        { "online_due", TREE, NULL, true },
};

static const struct field claim_codes[] = {
        { "code", TEXT, "!", true },
        { "owner", TEXT, "!", false },
        { "customer", FLAG, "false", false },
        { "product_id", WHOLE, NULL, false },
        { "iccid", TEXT, NULL, false },
        { "imei", TEXT, NULL, false },
        { "created_at", INSTANT, NULL, false },
        { "expires_at", INSTANT, NULL, false },
        { "used_by", TEXT, NULL, false },
        { "dead", FLAG, "false", false }, /* by a fault: it never does anything */
};

static const struct field transfers[] = {
        { "id", HEX24, "!", false }, { "device", TEXT, NULL, false },          { "from", TEXT, NULL, false },
        { "to", TEXT, NULL, false }, { "requested_at", INSTANT, NULL, false },
};

static const struct field products[] = {
        { "id", WHOLE, "!", false },
        { "name", TEXT, "\"Product\"", false },
        { "slug", TEXT, "\"product-v1\"", false },
        { "description", TEXT, "\"\"", false },
        { "platform_id", WHOLE, "12", false },
        { "owner", TEXT, NULL, false },
        { "team", LIST, "[]", false },
        { "quarantine", FLAG, "true", false },
        { "organization", TEXT, NULL, false },
        { "groups", LIST, "[]", false },
        { "group_details", TREE, "{}", false }, /* name -> description, color */
        { "protected", FLAG, "false", false },
        { "provisions", FLAG, "false", false }, /* POST /v1/devices with its id makes a new device */
};

static const struct field customers[] = {
        { "email", TEXT, "!", false },          { "password", TEXT, NULL, true },
        { "product_id", WHOLE, "!", false },    { "id", HEX24, NULL, false },
        { "created_at", INSTANT, NULL, false }, { "full_name", TEXT, NULL, false },
};

static const struct field sims[] = {
        { "iccid", TEXT, "!", false },
        { "status", TEXT, "\"never_before_activated\"", false },
        { "owner", TEXT, NULL, false },
        { "product_id", WHOLE, NULL, false },
        { "device", TEXT, NULL, false },
        { "country", TEXT, NULL, false },
        { "carrier", TEXT, "\"twilio\"", false },
        { "msisdn", TEXT, NULL, false },
        { "mb_limit", WHOLE, "5", false },
        { "mb_used", WHOLE, "0", false },
        { "connected", FLAG, "false", false },
        { "activations_count", WHOLE, "0", false },
        { "deactivations_count", WHOLE, "0", false },
        { "first_activated_on", INSTANT, NULL, false },
        { "last_activated_on", INSTANT, NULL, false },
        { "last_activated_via", TEXT, NULL, false },
        { "last_action", TEXT, NULL, false },
        { "last_action_on", INSTANT, NULL, false },
        { "last_action_error", TEXT, NULL, false }, /* "yes", "no" */
        { "updated_at", INSTANT, NULL, false },
        { "in_progress", FLAG, "false", false },
        { "goal", TEXT, NULL, false },        /* the status that the action under way leads to */
        { "polls_left", WHOLE, "0", false },  /* GETs that still answer "in progress" */
        { "polls", WHOLE, "2", false },       /* how many an action takes */
        { "ready_at", INSTANT, NULL, false }, /* and how long at least */
        { "takes_ms", WHOLE, "0", false },
        { "fails", FLAG, "false", false },     /* the action ends with an error */
        { "put_answer", WHOLE, "200", false }, /* 200, 408 or 504 to what starts an action */
        { "head_answer", WHOLE, NULL, false }, /* null: by status */
        { "status_asked", WHOLE, "0", false },
        { "release_pending", FLAG, "false", false },
};

static const struct field firmware[] = {
        { "id", TEXT, "!", false },
        { "platform_id", WHOLE, "12", false },
        { "from", WHOLE, "-1", false },        /* by module version */
        { "from_version", TEXT, NULL, false }, /* or by Device OS version, as clients over Bluetooth ask */
        { "name", TEXT, "\"system-part1.bin\"", false },
        { "base64", TEXT, "\"AAAA\"", false },
        { "ncp_from", WHOLE, NULL, false },
};

static const struct field releases[] = {
        { "version", TEXT, "!", false },
        { "internal_version", WHOLE, "!", false },
        { "release_state", TEXT, "\"ga\"", false },
        { "platforms", TREE, "{}", false }, /* platform id -> array of modules */
};

static const struct field options[] = {
        { "auto_register", FLAG, "true", false }, /* a device nobody knew is registered when it connects */
        { "online_field", TEXT, "\"both\"", false }, /* online, connected, both */
        { "serial_field", TEXT, "\"both\"", false }, /* deviceID, device_id, both */
        { "claim_code_ttl_s", WHOLE, "3600", false },
        { "claim_code_takes_over", FLAG, "false", false }, /* also from another owner (Photon, seed text) */
        { "unknown_device_body", TEXT, "\"old\"", false }, /* old, new, bare: what an unknown id answers */
        { "reclaim", TEXT, "\"ok\"", false },              /* what claiming one's own device again says */
        { "keep_alive_ms", WHOLE, "9000", false },
        { "device_timeout_ms", WHOLE, "5000", false }, /* how long a call waits for an absent device */
        { "device_timeout_status", WHOLE, "500", false },
        { "offline_before_online", FLAG, "true", false },
        { "token_lives_s", WHOLE, "7776000", false },
        { "latency_ms", WHOLE, "0", false },
        { "product_shape", TEXT, "\"object\"", false }, /* object, array */
};

#define COLLECTION(list, keyed_by)                                                                          \
        {                                                                                                   \
                .name = #list, .key = keyed_by, .field = list, .n = ELEMENTSOF(list)                        \
        }

static const struct collection_info collections[_COLLECTION_MAX] = {
        [USERS] = COLLECTION(users, "username"),      [CLIENTS] = COLLECTION(clients, "id"),
        [TOKENS] = COLLECTION(tokens, "token"),       [PENDING] = COLLECTION(pending, "mfa_token"),
        [DEVICES] = COLLECTION(devices, "id"),        [CLAIM_CODES] = COLLECTION(claim_codes, "code"),
        [TRANSFERS] = COLLECTION(transfers, "id"),    [PRODUCTS] = COLLECTION(products, "id"),
        [CUSTOMERS] = COLLECTION(customers, "email"), [SIMS] = COLLECTION(sims, "iccid"),
        [FIRMWARE] = COLLECTION(firmware, "id"),      [RELEASES] = COLLECTION(releases, "version"),
};

const struct collection_info *collection_info(enum collection which)
{
        return &collections[which];
}

const struct collection_info *option_info(void)
{
        static const struct collection_info info = COLLECTION(options, NULL);

        return &info;
}

static bool is_hex24(const char *text)
{
        return strlen(text) == 24 && strspn(text, "0123456789abcdef") == 24;
}

static bool is_text_list(const json_t *value)
{
        json_t *item;
        size_t i;

        if (!json_is_array(value))
                return false;
        json_array_foreach(value, i, item)
                if (!json_is_string(item))
                        return false;
        return true;
}

/* What is wrong with the value, NULL if nothing is. */
static const char *misfit(enum kind kind, const json_t *value)
{
        int64_t ms;

        switch (kind) {
        case TEXT: return json_is_string(value) ? NULL : "must be text";
        case WHOLE: return json_is_integer(value) ? NULL : "must be a whole number";
        case FLAG: return json_is_boolean(value) ? NULL : "must be true or false";
        case INSTANT:
                return json_is_string(value) && instant_parse(json_string_value(value), &ms) == 0
                               ? NULL
                               : "must be a time like \"2026-01-31T12:00:00.000Z\"";
        case LIST: return is_text_list(value) ? NULL : "must be an array of text";
        case TREE: return json_is_object(value) ? NULL : "must be an object";
        case HEX24:
                return json_is_string(value) && is_hex24(json_string_value(value))
                               ? NULL
                               : "must be 24 lower-case hexadecimal digits";
        }
        return "has no kind";
}

static int complain(char **ret_why, const char *where, const char *field, const char *what)
{
        if (asprintf(ret_why, "%s.%s: %s", where, field, what) < 0) {
                *ret_why = NULL;
                return -ENOMEM;
        }
        return -EINVAL;
}

static int complete_field(const struct field *f, const char *where, json_t *record, char **ret_why)
{
        json_t *value = json_object_get(record, f->name);
        const char *wrong;

        if (value && !json_is_null(value)) {
                wrong = misfit(f->kind, value);
                return wrong ? complain(ret_why, where, f->name, wrong) : 0;
        }
        if (f->preset && f->preset[0] == '!')
                return complain(ret_why, where, f->name, "is missing");
        if (value) /* an explicit null stays null */
                return f->preset && (f->kind == FLAG || f->kind == LIST || f->kind == TREE)
                               ? complain(ret_why, where, f->name, "must not be null")
                               : 0;
        value = f->preset ? json_loads(f->preset, JSON_DECODE_ANY, NULL) : json_null();
        return json_object_set_new(record, f->name, value) < 0 ? -ENOMEM : 0;
}

static bool knows(const struct collection_info *info, const char *name)
{
        for (size_t i = 0; i < info->n; i++)
                if (strcmp(info->field[i].name, name) == 0)
                        return true;
        return false;
}

int schema_complete(const struct collection_info *info, const char *where, json_t *record, char **ret_why)
{
        const char *name;
        json_t *value;
        int r;

        if (!json_is_object(record))
                return complain(ret_why, where, info->key ?: "*", "the record must be an object");
        json_object_foreach(record, name, value)
                if (!knows(info, name))
                        return complain(ret_why, where, name, "no such field");
        for (size_t i = 0; i < info->n; i++) {
                r = complete_field(&info->field[i], where, record, ret_why);
                if (r < 0)
                        return r;
        }
        return 0;
}
