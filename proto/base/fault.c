/* SPDX-License-Identifier: Apache-2.0 */

/* THE table of faults. A new one is one row here and one line in fault.h; man page and README follow or are
 * checked. Sentences say what was seen, advice says what to do next; neither promises a
 * cause that usher cannot know. */

#include "proto/base/fault.h"
#include "proto/base/cleanup.h"
#include <string.h>

#define FINAL false, false
#define AGAIN true, false /* by a person, who has seen to what the advice says */
#define RETRY true, true

static const struct fault_info faults[_FAULT_MAX] = {
        [FAULT_NONE] = { "none", "No fault.", "Nothing to do.", "None", EXIT_DONE, AGAIN },
        [FAULT_INTERNAL] = { "internal", "usher met an error of its own.",
                             "Run it again; if it stays, report what it prints and how to bring it about.",
                             "Internal", EXIT_INTERNAL, AGAIN },
        [FAULT_USAGE] = { "usage", "The command line is not understood.", "See 'usher help' and usher(1).",
                          "Usage", EXIT_USAGE, FINAL },
        [FAULT_CONFIG] = { "config", "A profile or option has a value that cannot be used.",
                           "Correct the value that the message names; usher.profile(5) lists "
                           "what is allowed.",
                           "Config", EXIT_USAGE, FINAL },
        [FAULT_INSTALLATION] = { "installation", "A part of usher is missing on this machine.",
                                 "Install what the cause names, or usher again as a whole.", "Installation",
                                 EXIT_USAGE, FINAL },
        [FAULT_CLOCK] = { "clock", "The clock of this machine is wrong.",
                          "Let it be set from the network ('timedatectl set-ntp true'), or set it by hand: "
                          "certificates and tokens are judged by it.",
                          "Clock", EXIT_USAGE, FINAL },
        [FAULT_STORE] = { "store", "The jobs of this machine cannot be kept on its disk.",
                          "Do what the cause says: see to the disk or to the file that it names. No job is "
                          "lost; what cannot be written is not taken.",
                          "Store", EXIT_USAGE, FINAL },

        [FAULT_SCANNER] = { "scanner", "The scanner or camera cannot be used.",
                            "Do what the cause says; 'usher scan --test' shows what a scanner sends.",
                            "Scanner", EXIT_USAGE, FINAL },

        [FAULT_SCAN_BROKEN] = { "scan-broken", "The scan did not come whole.",
                                "Scan again; 'usher scan --test' shows what arrives and what ends it.",
                                "ScanBroken", EXIT_LABEL, AGAIN },
        [FAULT_LABEL_UNREADABLE] = { "label-unreadable", "No data matrix could be read in the picture.",
                                     "Take the picture closer, in focus, without glare, with the whole "
                                     "square code in view; or type the text of the sticker into a file "
                                     "and use --label.",
                                     "LabelUnreadable", EXIT_LABEL, AGAIN },
        [FAULT_LABEL_INVALID] = { "label-invalid", "The code is not that of a Particle device.",
                                  "Scan the square data matrix on the device itself: 15 characters, a "
                                  "space and 15 characters.",
                                  "LabelInvalid", EXIT_LABEL, FINAL },
        [FAULT_LABEL_NO_SECRET] = { "label-no-secret",
                                    "The code holds a serial number but no mobile secret.",
                                    "Scan the sticker on the device, not the one on the box. Generation "
                                    "2 devices (Photon, Electron, E series) have no Bluetooth setup: use "
                                    "the Particle CLI over USB.",
                                    "LabelNoSecret", EXIT_LABEL, FINAL },
        [FAULT_LABEL_PARTIAL_SECRET] = { "label-partial-secret",
                                         "The sticker has a short mobile secret and the cloud could not "
                                         "complete it.",
                                         "Early stickers are short. Sign in with an account (the cloud knows "
                                         "the full secret), or ask Particle support with the text of the "
                                         "sticker.",
                                         "LabelPartialSecret", EXIT_LABEL, FINAL },
        [FAULT_LABEL_AMBIGUOUS] = { "label-ambiguous", "The picture shows the codes of several devices.",
                                    "Say which one with --serial (its serial number, or the last six "
                                    "characters), or take a picture with only one sticker in view.",
                                    "LabelAmbiguous", EXIT_LABEL, FINAL },

        [FAULT_DEVICE_NOT_FOUND] = { "device-not-found", "The device was not found over Bluetooth.",
                                     "Its light must blink dark blue (hold MODE for 3 seconds). Bring it "
                                     "within a few metres and close other setup apps: a device that is "
                                     "connected elsewhere is invisible, and so is a protected one.",
                                     "DeviceNotFound", EXIT_NOT_FOUND, RETRY },
        [FAULT_SECRET_MISMATCH] = { "secret-mismatch", "The mobile secret does not match the device.",
                                    "Scan the sticker of this very device. Product firmware may replace "
                                    "the secret: then give it with 'secret-file' in the profile.",
                                    "SecretMismatch", EXIT_SECRET, FINAL },

        [FAULT_BT_NO_ADAPTER] = { "bluetooth-no-adapter", "There is no Bluetooth adapter.",
                                  "Plug one in, or name another with --radio bluez:hciN; 'usher "
                                  "doctor' shows what the system has.",
                                  "BluetoothNoAdapter", EXIT_BLUETOOTH, FINAL },
        [FAULT_BT_POWERED_OFF] = { "bluetooth-off", "The Bluetooth adapter is switched off.",
                                   "Switch it on: bluetoothctl power on.", "BluetoothOff", EXIT_BLUETOOTH,
                                   FINAL },
        [FAULT_BT_BLOCKED] = { "bluetooth-blocked", "The Bluetooth adapter is blocked by rfkill.",
                               "Unblock it: rfkill unblock bluetooth.", "BluetoothBlocked", EXIT_BLUETOOTH,
                               FINAL },
        [FAULT_BT_NO_DAEMON] = { "bluetooth-no-daemon", "The Bluetooth service is not running.",
                                 "Install bluez and start it: systemctl start bluetooth.",
                                 "BluetoothNoDaemon", EXIT_BLUETOOTH, FINAL },
        [FAULT_BT_NOT_PERMITTED] = { "bluetooth-not-permitted",
                                     "Access to the Bluetooth service was refused.",
                                     "Check the D-Bus policy of org.bluez for this user.",
                                     "BluetoothNotPermitted", EXIT_BLUETOOTH, FINAL },
        [FAULT_BT_CONNECT] = { "bluetooth-connect", "The device was seen but does not accept a connection.",
                               "Bring it closer, switch other Bluetooth clients off, reset the "
                               "device and try again.",
                               "BluetoothConnect", EXIT_BLUETOOTH, RETRY },
        [FAULT_BT_BUSY] = { "bluetooth-busy", "The Bluetooth adapter has no free connection.",
                            "End other connections or use a second adapter.", "BluetoothBusy",
                            EXIT_BLUETOOTH, RETRY },
        [FAULT_LINK_LOST] = { "link-lost", "The Bluetooth link to the device was lost.",
                              "Bring the device closer to the gateway and away from other radios, "
                              "then try again.",
                              "LinkLost", EXIT_BLUETOOTH, RETRY },
        [FAULT_LINK_SILENT] = { "link-silent", "The device is connected but does not answer.",
                                "Press RESET on the device, wait until it blinks dark blue and try again.",
                                "LinkSilent", EXIT_BLUETOOTH, RETRY },
        [FAULT_LINK_PROTOCOL] = { "link-protocol",
                                  "The device sent something that is not the setup protocol.",
                                  "Press RESET on the device and try again; if it stays, update its "
                                  "Device OS over USB.",
                                  "LinkProtocol", EXIT_BLUETOOTH, RETRY },

        [FAULT_DEVICE_NO_SECRET] = { "device-no-secret",
                                     "The device ends the link before it says a word, as one without a "
                                     "mobile secret does.",
                                     "If other devices can be set up from here, set this one up over USB "
                                     "(particle setup) and tell Particle support its serial number; if "
                                     "none can, see 'usher doctor'.",
                                     "DeviceNoSecret", EXIT_BLUETOOTH, AGAIN },

        [FAULT_DEVICE_VERSION] = { "device-version",
                                   "The device speaks a setup protocol that usher does not know.",
                                   "Update usher.", "DeviceVersion", EXIT_REFUSED, FINAL },
        [FAULT_DEVICE_WRONG] = { "device-wrong", "The device that answered is not the one on the label.",
                                 "Scan the sticker of this very device; the box of a kit may show "
                                 "another one.",
                                 "DeviceWrong", EXIT_REFUSED, FINAL },
        [FAULT_DEVICE_REFUSED] = { "device-refused", "The device refused a request.",
                                   "Its firmware may forbid setup requests; see the cause, and ask "
                                   "whoever wrote it.",
                                   "DeviceRefused", EXIT_REFUSED, FINAL },
        [FAULT_DEVICE_PROTECTED] = { "device-protected",
                                     "The device is protected and refuses setup requests.",
                                     "Unprotect it in the cloud first ('particle device-protection'), or "
                                     "let the product claim it (claim = product).",
                                     "DeviceProtected", EXIT_REFUSED, FINAL },
        [FAULT_DEVICE_UNSUPPORTED] = { "device-unsupported", "This model cannot be set up over Bluetooth.",
                                       "Use the Particle CLI over USB: particle setup, or particle serial wifi.",
                                       "DeviceUnsupported", EXIT_REFUSED, FINAL },

        [FAULT_FIRMWARE] = { "firmware", "The firmware of the device could not be updated.",
                             "Try again close to the device, update it over USB (particle update), or let the "
                             "cloud update it once it is online.",
                             "Firmware", EXIT_REFUSED, RETRY },

        [FAULT_WIFI_JOIN] = { "wifi-join", "The device could not join the Wi-Fi network.",
                              "Check the password and that the network is in reach of the device; "
                              "Argon joins only 2.4 GHz networks.",
                              "WifiJoin", EXIT_WIFI, RETRY },
        [FAULT_WIFI_PASSWORD] = { "wifi-password",
                                  "The device sees the Wi-Fi network but could not join it: most "
                                  "likely the password is wrong.",
                                  "Check the password (upper and lower case) and the network's "
                                  "security setting.",
                                  "WifiPassword", EXIT_WIFI, FINAL },
        [FAULT_WIFI_NOT_SEEN] = { "wifi-not-seen", "The device does not see the Wi-Fi network.",
                                  "Check the name, bring the device closer to the access point; say "
                                  "wifi-hidden if the network hides its name. Argon sees only 2.4 GHz.",
                                  "WifiNotSeen", EXIT_WIFI, AGAIN },
        [FAULT_WIFI_WEAK] = { "wifi-weak",
                              "The device could not join: it sees the Wi-Fi network only weakly.",
                              "Bring the device closer to the access point or fit its antenna.", "WifiWeak",
                              EXIT_WIFI, AGAIN },
        [FAULT_WIFI_SETTINGS] = { "wifi-settings", "The Wi-Fi settings cannot work.",
                                  "A name has 1 to 32 bytes, a password 8 to 63 characters or 64 "
                                  "hexadecimal digits; an open network has none.",
                                  "WifiSettings", EXIT_WIFI, FINAL },

        [FAULT_SIM] = { "sim", "The SIM card cannot be used.",
                        "See the cause; check the SIM's state in the cloud.", "Sim", EXIT_SIM, FINAL },
        [FAULT_MODEM] = { "modem", "The cellular modem of the device reports an error.",
                          "Unplug the device and its battery, wait ten seconds and try again.", "Modem",
                          EXIT_SIM, AGAIN },

        [FAULT_ETHERNET] = { "ethernet", "The device has no Ethernet adapter that it can use.",
                             "Check that the adapter sits properly and suits the device; without one, leave "
                             "ethernet out of the profile.",
                             "Ethernet", EXIT_DEVICE_CLOUD, FINAL },

        [FAULT_DEVICE_OFFLINE] = { "device-offline",
                                   "The device has its settings but did not reach its cloud.",
                                   "Look at its light: green means no network, cyan means network but "
                                   "no cloud. 'usher light' explains it.",
                                   "DeviceOffline", EXIT_DEVICE_CLOUD, RETRY },
        [FAULT_DEVICE_NO_ADDRESS] = { "device-no-address",
                                      "The device joined the network but got no address.",
                                      "Check the DHCP server: free addresses, MAC filter, captive portal.",
                                      "DeviceNoAddress", EXIT_DEVICE_CLOUD, RETRY },
        [FAULT_DEVICE_NO_INTERNET] = { "device-no-internet",
                                       "The device has an address but no way to the internet.",
                                       "Check the router's uplink and the DNS server that its DHCP hands out.",
                                       "DeviceNoInternet", EXIT_DEVICE_CLOUD, RETRY },
        [FAULT_DEVICE_CLOUD_BLOCKED] = { "device-cloud-blocked",
                                         "The device has internet but its cloud does not answer.",
                                         "Allow UDP port 5684 outbound to *.udp.particle.io in the firewall.",
                                         "DeviceCloudBlocked", EXIT_DEVICE_CLOUD, AGAIN },
        [FAULT_DEVICE_KEYS] = { "device-keys", "The cloud does not accept the keys of the device.",
                                "Connect it by USB and run: particle keys doctor.", "DeviceKeys",
                                EXIT_DEVICE_CLOUD, FINAL },

        [FAULT_TOKEN_MISSING] = { "token-missing", "There is no access token for the cloud.",
                                  "Sign in (usher login), give one with --token-file, or set "
                                  "up without an account: --claim none.",
                                  "TokenMissing", EXIT_TOKEN, FINAL },
        [FAULT_TOKEN_INVALID] = { "token-invalid", "The cloud does not accept the access token.",
                                  "Sign in again and use the new token.", "TokenInvalid", EXIT_TOKEN,
                                  FINAL },
        [FAULT_TOKEN_EXPIRED] = { "token-expired", "The access token has expired.",
                                  "Sign in again and use the new token.", "TokenExpired", EXIT_TOKEN,
                                  FINAL },
        [FAULT_TOKEN_SCOPE] = { "token-scope", "The access token does not have the right for this.",
                                "An API user needs a scope for each of its requests, and cannot claim for an "
                                "account: give it the scope, use a user's token, or claim = product.",
                                "TokenScope", EXIT_TOKEN, FINAL },
        [FAULT_SIGN_IN] = { "sign-in", "The cloud does not accept the user name and password.",
                            "Check both; after ten wrong tries the cloud blocks this address for half "
                            "an hour. An account with single sign-on has no password: give a token "
                            "with --token-file.",
                            "SignIn", EXIT_TOKEN, FINAL },
        [FAULT_SIGN_IN_CODE] = { "sign-in-code", "The cloud does not accept the one-time code.",
                                 "User name and password are right. A code lasts half a minute: type the "
                                 "next one, and check the clock of what makes them; a recovery code works, "
                                 "too.",
                                 "SignInCode", EXIT_TOKEN, FINAL },

        [FAULT_CLOUD_UNREACHABLE] = { "cloud-unreachable", "The cloud API cannot be reached.",
                                      "Check this machine's network, DNS, proxy and clock.",
                                      "CloudUnreachable", EXIT_CLOUD, RETRY },
        [FAULT_CLOUD_REFUSED] = { "cloud-refused", "The cloud API refused a request.",
                                  "See the cause: the account may lack a right, or the device belongs "
                                  "to another.",
                                  "CloudRefused", EXIT_CLOUD, FINAL },
        [FAULT_CLOUD_NOT_FOUND] = { "cloud-not-found",
                                    "The cloud does not know this serial number or device.",
                                    "Check that the sticker was read completely; a device of a private "
                                    "cloud needs --cloud.",
                                    "CloudNotFound", EXIT_CLOUD, FINAL },
        [FAULT_CLOUD_BUSY] = { "cloud-busy", "The cloud API limits the number of requests.",
                               "Wait some minutes and run the same command again; nothing is lost.",
                               "CloudBusy", EXIT_CLOUD, RETRY },
        [FAULT_CLOUD_SERVER] = { "cloud-server", "The cloud API reports an error of its own.",
                                 "Wait and run the same command again; see status.particle.io.",
                                 "CloudServer", EXIT_CLOUD, RETRY },
        [FAULT_CLOUD_ANSWER] = { "cloud-answer", "The cloud API sent an answer that makes no sense.",
                                 "A proxy or captive portal may be in the way; check --cloud and the "
                                 "network.",
                                 "CloudAnswer", EXIT_CLOUD, RETRY },

        [FAULT_CLAIM_FOREIGN] = { "claim-foreign", "The device belongs to somebody else.",
                                  "Ask the owner to release it (unclaim); with claim = user, --request-transfer "
                                  "asks by e-mail.",
                                  "ClaimForeign", EXIT_CLAIM, FINAL },
        [FAULT_CLAIM_REFUSED] = { "claim-refused", "The cloud did not accept the claim.", "See the cause.",
                                  "ClaimRefused", EXIT_CLAIM, FINAL },
        [FAULT_CLAIM_OFFLINE] = { "claim-offline",
                                  "The cloud does not see the device online, so it cannot be claimed.",
                                  "Wait until its light breathes cyan and run the same command again.",
                                  "ClaimOffline", EXIT_CLAIM, RETRY },
        [FAULT_CLAIM_LIMIT] = { "claim-limit", "The account has as many devices as its plan allows.",
                                "Remove unused devices from the account or change the plan.", "ClaimLimit",
                                EXIT_CLAIM, FINAL },

        [FAULT_PENDING] = { "pending", "The device is set up; in the cloud something is left to do.",
                            "Run the same command later: it finishes what is left, or says what is.",
                            "Pending", EXIT_PENDING, RETRY },
        [FAULT_TIMEOUT] = { "timeout", "It did not end in the time that it was given.",
                            "Run the same command again: it goes on where it stopped.", "Timeout",
                            EXIT_TIMEOUT, RETRY },
        [FAULT_BATCH] = { "batch", "Some of the devices could not be set up.",
                          "See the result of each; run the same command again for those.", "Batch",
                          EXIT_BATCH, AGAIN },
        [FAULT_CANCELLED] = { "cancelled", "Cancelled.",
                              "Run the same command again: it goes on where it stopped.", "Cancelled",
                              EXIT_CANCELLED, AGAIN },
};

static const struct fault_code codes[] = {
        { EXIT_DONE, "Done." },
        { EXIT_INTERNAL, "Internal error." },
        { EXIT_USAGE, "Usage or configuration." },
        { EXIT_LABEL, "Label unreadable." },
        { EXIT_NOT_FOUND, "Device not found." },
        { EXIT_SECRET, "The secret does not match." },
        { EXIT_BLUETOOTH, "Bluetooth: no adapter, or the link was lost for good." },
        { EXIT_REFUSED, "Refused by the device." },
        { EXIT_WIFI, "Wi-Fi." },
        { EXIT_SIM, "SIM or modem." },
        { EXIT_DEVICE_CLOUD, "The device cannot reach its cloud." },
        { EXIT_TOKEN, "Access token." },
        { EXIT_CLOUD, "API of the cloud." },
        { EXIT_CLAIM, "Claim refused." },
        { EXIT_PENDING, "Pending: done locally, something is left to do in the cloud." },
        { EXIT_TIMEOUT, "Gave up waiting." },
        { EXIT_BATCH, "Some of a batch failed." },
        { EXIT_CANCELLED, "Cancelled." },
};

const struct fault_code *fault_code_at(size_t i)
{
        return i < ELEMENTSOF(codes) ? &codes[i] : NULL;
}

const struct fault_info *fault_info(enum fault f)
{
        if (f >= _FAULT_MAX)
                f = FAULT_INTERNAL;
        return &faults[f];
}

enum fault fault_find(const char *key)
{
        for (int f = 0; f < _FAULT_MAX; f++)
                if (strcmp(faults[f].key, key) == 0)
                        return (enum fault)f;
        return FAULT_INTERNAL;
}
