/* SPDX-License-Identifier: Apache-2.0 */

/* The rows stand in the order in which the keys are written. Those that every event begins with stand under
 * "*", those of events about the setup of one device under "+". */

#include "setup/engine/event-keys.h"
#include "proto/base/cleanup.h"
#include <string.h>

#define TROUBLE(event)                                                                                      \
        { event, "fault", "text|null", "Key of what went wrong, as usher(1) lists them." },                 \
        {                                                                                                   \
                event, "cause", "text|null", "What the fault does not say, in words."                       \
        }
#define ADVICE(event)                                                                                       \
        {                                                                                                   \
                event, "advice", "text|null", "What to do, in words."                                       \
        }
#define COUNTS(event)                                                                                       \
        { event, "done", "number", "How many are done." },                                                  \
                { event, "failed", "number", "How many failed." },                                          \
                { event, "pending", "number", "How many go on in the cloud." },                             \
        {                                                                                                   \
                event, "cancelled", "number", "How many were not worked on to their end."                   \
        }
#define STICKER(event)                                                                                      \
        { event, "setup_code", "text|null", "Code at the end of the advertised name." },                    \
                { event, "model", "text|null", "Guess by the serial number." },                             \
                { event, "secret", "text|null", "Mobile secret: asterisks without --show-secret." },        \
                { event, "partial", "bool", "Whether the cloud has to complete the secret." },              \
                TROUBLE(event), ADVICE(event)
#define STATES "started|done|retrying|skipped|failed"

/* clang-format off */
static const struct event_key keys[] = {
        { "*", "", "all", "How every event begins." },
        { "*", "v", "number", "Version of what is described here: 2." },
        { "*", "time", "text", "When it was written: UTC with milliseconds." },
        { "+", "", "all about the setup of one device", "What stands between time and event." },
        { "+", "job", "text|null", "Which job of a list or service; null where there is none." },
        { "+", "serial", "text|null", "The device's serial number, as soon as the label is read." },

        { "step", "", "setup, update, repair, wifi", "A step changed its state." },
        { "step", "step", "text", "Key of the step, as usher(1) lists them." },
        { "step", "light", "text|null", "What the device's light should do during the step." },
        { "step", "state", STATES, "What became of it." },
        { "step", "try", "number", "Which try this is, from 1." },
        { "step", "of", "number", "How many tries there are." },
        { "step", "ms", "number", "How long the step has taken." },
        TROUBLE("step"),

        { "progress", "", "setup, update, repair, wifi", "A step has been under way for more than a second. At "
          "most once a second; where two are, they take turns." },
        { "progress", "step", "text", "Key of the step." },
        { "progress", "elapsed_ms", "number", "How long its try has taken." },
        { "progress", "limit_ms", "number", "How long that may take, until it ends or is tried again." },
        { "progress", "cause", "text|null", "What it waits for, or why it is tried again, in words, as far as "
          "device or cloud have told." },
        { "progress", "part", "number", "Bytes of a firmware file that the device has; 0 where there is no such "
          "file, like the next." },
        { "progress", "whole", "number", "Bytes of that file." },

        { "question", "", "what keeps jobs", "An operator must answer. Of one device alone it is asked at the terminal, and "
          "is no event." },
        { "question", "step", "text", "Key of the step." },
        { "question", "question", "wifi-network|wifi-password", "What is asked for." },
        { "question", "ssid", "text|null", "Network whose password is asked for." },
        { "question", "networks", "list", "What the device sees, strongest first." },
        { "question", "networks.ssid", "text", "Name." },
        { "question", "networks.security", "text|null", "Kind of protection." },
        { "question", "networks.rssi", "number", "Signal, dBm." },

        { "result", "", "any verb", "How it ended. The last line. Of a verb that works with no device, or was "
          "called wrongly, only when it failed." },
        { "result", "outcome", "done|failed|pending|cancelled", "pending: done here, the rest goes on in the cloud." },
        TROUBLE("result"),
        ADVICE("result"),
        { "result", "exit", "number", "The exit status." },
        { "result", "verified", "bool", "Whether all that the outcome says was read back, from the device or the "
          "cloud." },
        { "result", "device", "object", "What is known of the device." },
        { "result", "device.serial", "text|null", "Serial number." },
        { "result", "device.id", "text|null", "Device id." },
        { "result", "device.platform", "text|null", "argon, boron, p2, ..." },
        { "result", "device.os", "text|null", "Version of Device OS." },
        { "result", "device.name", "text|null", "Name in the cloud." },
        { "result", "device.owner", "text|null", "User name of the owner." },
        { "result", "device.iccid", "text|null", "Number of the SIM card in use." },
        { "result", "device.imei", "text|null", "Number of the modem." },
        { "result", "device.rssi", "number|null", "Signal of the advertisement, dBm." },
        { "result", "ms", "number", "How long it took." },
        { "result", "exchanges", "number", "How often the device was waited for, from the handshake until it left "
          "setup mode." },

        { "plan", "", "setup --dry-run", "What would be done. The last line." },
        { "plan", "model", "text|null", "Guess by the serial number." },
        { "plan", "setup_code", "text", "Code at the end of the advertised name." },
        { "plan", "secret", "complete|partial|profile", "Where the mobile secret comes from; partial: the cloud "
          "completes it." },
        { "plan", "radio", "text", "As --radio." },
        { "plan", "claim", "user|product|customer|none|code", "As the profile's key." },
        { "plan", "token", "text|null", "Where the access token is from; null: none is used." },
        { "plan", "cloud", "text|null", "URL of the API; null: it is not asked." },
        { "plan", "product", "number|null", "As the profile's key, like the others." },
        { "plan", "networks", "list", "Networks in the profile's order." },
        { "plan", "networks.ssid", "text", "Name." },
        { "plan", "networks.security", "text", "auto, or as the profile's key." },
        { "plan", "networks.hidden", "bool", "Whether it is hidden." },
        { "plan", "networks.password", "bool", "Whether there is a password." },
        { "plan", "name", "text|null", "Name to give." },
        { "plan", "claim_user", "text|null", "Member of the team that gets it." },
        { "plan", "customer", "text|null", "Customer that gets it." },
        { "plan", "country", "text|null", "Where the SIM card is used." },

        { "list", "", "setup, update: --from with --dry-run", "What would be done. The last line." },
        { "list", "devices", "number", "How many devices the list has." },
        { "list", "radio", "text", "As --radio; of several, all of them with blanks between." },
        { "list", "token", "text|null", "Where the access token is from; null: none is used." },
        { "list", "cloud", "text|null", "URL of the API; null: it is not asked." },
        { "list", "profiles", "list", "Those that the list names." },
        { "list", "profiles.profile", "text|null", "As the list has it; null: the one of the command." },
        { "list", "profiles.devices", "number", "How many devices have it." },
        { "list", "profiles.claim", "user|product|customer|none|code", "As the profile's key." },
        { "list", "profiles.networks", "number", "How many networks it names." },
        { "list", "profiles.name", "text|null", "Name to give, where the list has none." },

        { "networks", "", "wifi list", "The networks that the device knows." },
        { "networks", "networks", "list", "One object a network." },
        { "networks", "networks.ssid", "text", "Name." },
        { "networks", "networks.security", "text|null", "Kind of protection." },

        { "label", "", "label", "What one picture says." },
        { "label", "image", "text", "The picture's file." },
        { "label", "serial", "text|null", "Serial number." },
        STICKER("label"),

        { "scan", "", "scan; setup and update with --scanner or --camera", "One code was read, or was not." },
        { "scan", "from", "text|null", "The file, or the device." },
        { "scan", "origin", "picture|camera|scanner|terminal|file|null", "What kind that is." },
        { "scan", "symbology", "data-matrix|qr|null", "Kind of the code; null: not told." },
        { "scan", "fate", "kept|at-work|waits|just-done|full|null", "Of a setup: kept for its turn, or what it is "
          "already; full: not kept. Null if it is no label." },
        { "scan", "serial", "text|null", "Serial number, and the other keys of label." },
        STICKER("scan"),

        { "summary", "", "label, cloud, scan; setup and update of several", "Of a list, the last line." },
        COUNTS("summary"),
        { "summary", "exit", "number", "The exit status." },

        { "device", "", "devices", "A device in setup mode appears, changes or is gone." },
        { "device", "name", "text|null", "Advertised name." },
        { "device", "platform", "text|null", "argon, boron, p2, ..." },
        { "device", "setup_code", "text|null", "Code at the end of the name." },
        { "device", "rssi", "number|null", "Signal, dBm." },
        { "device", "address", "text", "Bluetooth address, or name of the socket." },
        { "device", "connectable", "bool", "Whether a setup could begin." },
        { "device", "why", "text|null", "Why not, in words." },
        { "device", "gone", "bool", "It is not heard any more." },

        { "check", "", "doctor", "One check." },
        { "check", "check", "text", "Key of the check." },
        { "check", "state", "ok|note|problem|skipped", "What it found." },
        TROUBLE("check"),
        ADVICE("check"),
        { "check", "ms", "number", "How long it took." },
        { "verdict", "", "doctor", "What the checks come to. The last line." },
        { "verdict", "ok", "number", "How many found nothing." },
        { "verdict", "notes", "number", "How many have something to say." },
        { "verdict", "problems", "number", "How many found what must be mended." },
        { "verdict", "fault", "text|null", "That of the first problem." },
        { "verdict", "exit", "number", "The exit status." },
        { "verdict", "ms", "number", "How long all took." },

        { "light", "", "light", "One light." },
        { "light", "key", "text", "Its key." },
        { "light", "light", "text", "What it looks like, in words." },
        { "light", "meaning", "text", "What the device does." },
        { "light", "advice", "text", "What to do." },
        { "light", "fault", "text|null", "The fault that usher would report." },
        { "light", "pattern", "text|null", "solid, blinking, breathing, ..." },
        { "light", "on_ms", "number", "0 where there is none, like the next two." },
        { "light", "off_ms", "number", "Time dark." },
        { "light", "period_ms", "number", "Time from one beginning to the next." },
        { "light", "platforms", "list|null", "Names of the platforms that show it; null: all." },
        { "light", "versions", "text|null", "Versions of Device OS that show it; null: all." },

        { "login", "", "login", "Signed in." },
        { "login", "user", "text", "User name." },
        { "login", "cloud", "text", "URL of the API." },
        { "login", "token", "text", "File that keeps the token." },
        { "login", "expires_s", "number|null", "When it ends, seconds since 1970; null: never." },

        { "account", "", "whoami", "Whose the token is." },
        { "account", "user", "text|null", "User name; a user of a product's API has none." },
        { "account", "api_user", "bool", "Whether it is a user of a product's API." },
        { "account", "expires_s", "number|null", "When the token ends, seconds since 1970; null: never." },
        { "account", "client", "text|null", "OAuth client that it was made for." },
        { "account", "scopes", "text|null", "What it may do." },
        { "account", "cloud", "text", "URL of the API." },
        { "account", "token", "text|null", "Where it is from." },
        { "account", "max_devices", "number|null", "How many devices the account takes." },

        { "logout", "", "logout", "The token is revoked." },
        { "logout", "cloud", "text", "URL of the API." },
        { "logout", "removed", "text|null", "The file that was removed with it." },

        { "item", "", "cloud", "One device or SIM card. What the action did not ask is null." },
        { "item", "item", "text", "As it was given." },
        { "item", "id", "text|null", "Device id." },
        { "item", "outcome", "done|pending|failed", "pending: asked for, goes on in the cloud." },
        TROUBLE("item"),
        ADVICE("item"),
        { "item", "name", "text|null", "Name of the device." },
        { "item", "owner", "text|null", "User name of the owner." },
        { "item", "online", "bool|null", "Whether it is online." },
        { "item", "os", "text|null", "Version of Device OS." },
        { "item", "quarantined", "bool|null", "Whether it waits for approval in its product." },
        { "item", "last_handshake_s", "number|null", "Last handshake with the cloud, seconds since 1970." },
        { "item", "claimed", "bool", "Whether it was claimed just now." },
        { "item", "iccid", "text|null", "Number of the SIM card." },
        { "item", "sim", "not-ours|new|inactive|activating|active|failed|null", "State of the SIM card." },
        { "item", "sim_status", "text|null", "The cloud's own word for it." },

        { "help", "", "help", "One row of a list." },
        { "help", "list", "verbs|options|actions|faults|codes|steps|keys|events|examples", "Which list." },
        { "help", "row", "object", "The row, with a key for each of the list's columns." },

        { "version", "", "version", "What this is." },
        { "version", "version", "text", "The version of usher." },
};
/* clang-format on */

const struct event_key *event_key_at(size_t i)
{
        return i < ELEMENTSOF(keys) ? &keys[i] : NULL;
}

bool event_ends(const char *event)
{
        static const char *const last[] = { "result", "plan", "list", "summary", "verdict" };

        for (size_t i = 0; i < ELEMENTSOF(last); i++)
                if (strcmp(event, last[i]) == 0)
                        return true;
        return false;
}
