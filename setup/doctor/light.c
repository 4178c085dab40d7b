/* SPDX-License-Identifier: Apache-2.0 */

/* The table of lights, most telling row first: a row with counted blinks stands before the bare colour, so
 * that the first row that does not contradict what was seen is the answer. */

#include "setup/doctor/light.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>

struct row {
        struct light light; /* ANY and 0 fit everything */
        struct light_meaning say;
};

/* clang-format off */
#define ID(n) (UINT64_C(1) << (n))
#define GEN2 (ID(6) | ID(8) | ID(10))
#define NRF (ID(12) | ID(13) | ID(14) | ID(15) | ID(22) | ID(23) | ID(25) | ID(26))
#define RTL (ID(28) | ID(32) | ID(35))
#define GEN34 (NRF | RTL)
#define BARS (ID(13) | ID(23) | ID(25) | ID(26) | ID(28) | ID(35)) /* where a tap on MODE shows the signal */
#define BLINK(on, off) .shape = { LIGHT_BLINKING, (on), (off), (on) + (off) }
#define FAST .shape = { LIGHT_FAST_BLINKING, 50, 50, 100 }
#define FADE(ms) .shape = { LIGHT_BREATHING, 0, 0, (ms) }
#define SOLID .shape = { LIGHT_SOLID, 0, 0, 0 }
#define SOS .shape = { LIGHT_SOS, 300, 300, 0 } /* the blinks that are counted */
#define L(...) { __VA_ARGS__ }
#define PANIC_ADVICE "A fault of the application's firmware: start safe mode (hold MODE, tap RESET, release at " \
                     "magenta) or flash other firmware over USB."

#define RED_MEANING "The handshake with the cloud failed: nothing came back, or the keys do not fit."
#define RED_ADVICE "If fast blinking cyan lasted about 45 seconds before the red: the firewall; allow UDP port 5684 " \
                   "outbound to *.udp.particle.io. If the red came within seconds: the keys; run particle keys " \
                   "doctor over USB."

static const struct row rows[] = {
        /* what is said by counted blinks */
        { L(.colour = LIGHT_CYAN, .then = LIGHT_ORANGE, .count = 1),
          { "cloud-decryption", "cyan, then 1 orange blink", "The cloud's answer could not be decrypted.",
            "Press RESET once. If it stays, connect by USB and run: particle keys doctor.", FAULT_DEVICE_KEYS,
            BLINK(250, 250), .platforms = GEN2 } },
        { L(.colour = LIGHT_CYAN, .then = LIGHT_ORANGE, .count = 2),
          { "cloud-no-internet", "cyan, then 2 orange blinks",
            "The name of the cloud was not found (DNS), or there is no route to the internet.",
            "Check the DNS server that DHCP hands out first, then the router's uplink and any captive portal.",
            FAULT_DEVICE_NO_INTERNET, BLINK(250, 250), .platforms = GEN34, .versions = "5.6.0 and newer" } },
        { L(.colour = LIGHT_CYAN, .then = LIGHT_ORANGE, .count = 2),
          { "cloud-no-internet-old", "cyan, then 2 orange blinks",
            "The device is on the network but has no internet.",
            "Check the router's uplink, the DNS server that DHCP hands out, and any captive portal.",
            FAULT_DEVICE_NO_INTERNET, BLINK(250, 250), .versions = "before 5.6.0" } },
        { L(.colour = LIGHT_CYAN, .then = LIGHT_ORANGE, .count = 3),
          { "cloud-unreachable", "cyan, then 3 orange blinks",
            "The device has internet but does not reach its cloud. Rare since Device OS 5.6.0.",
            "Check DNS and the firewall: UDP port 5684 outbound to *.udp.particle.io. Blocked, it mostly shows as 45 "
            "seconds of fast blinking cyan and 1 red blink.", FAULT_DEVICE_CLOUD_BLOCKED, BLINK(250, 250) } },
        { L(.colour = LIGHT_CYAN, .then = LIGHT_MAGENTA, .count = 1),
          { "cloud-authentication", "cyan, then 1 magenta blink", "The cloud and the device do not trust each other.",
            "Device or server keys are wrong: connect by USB and run: particle keys doctor.", FAULT_DEVICE_KEYS,
            BLINK(250, 250), .platforms = GEN2 } },
        { L(.colour = LIGHT_CYAN, .then = LIGHT_RED, .count = 1),
          { "cloud-handshake", "cyan, then 1 red blink", RED_MEANING, RED_ADVICE, FAULT_DEVICE_CLOUD_BLOCKED,
            BLINK(250, 0) } },

        /* firmware panics: SOS, then so many blinks */
        { L(.pattern = LIGHT_SOS, .count = 1), { "panic-hard-fault", "red SOS, then 1 blink",
            "The firmware crashed: hard fault.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 2), { "panic-nmi", "red SOS, then 2 blinks",
            "The firmware crashed: non-maskable interrupt.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 3), { "panic-memory-manager", "red SOS, then 3 blinks",
            "The firmware crashed: memory manager fault.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 4), { "panic-bus", "red SOS, then 4 blinks",
            "The firmware crashed: bus fault.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 5), { "panic-usage", "red SOS, then 5 blinks",
            "The firmware crashed: usage fault.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 6), { "panic-length", "red SOS, then 6 blinks",
            "The firmware stopped: invalid length.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 7), { "panic-exit", "red SOS, then 7 blinks",
            "The firmware stopped: exit.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 8), { "panic-heap", "red SOS, then 8 blinks",
            "The firmware stopped: out of heap memory.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 9), { "panic-spi", "red SOS, then 9 blinks",
            "The firmware stopped: SPI over-run.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 10), { "panic-assertion", "red SOS, then 10 blinks",
            "The firmware stopped: assertion failure.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 11), { "panic-case", "red SOS, then 11 blinks",
            "The firmware stopped: invalid case.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 12), { "panic-virtual", "red SOS, then 12 blinks",
            "The firmware stopped: pure virtual call.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 13), { "panic-stack", "red SOS, then 13 blinks",
            "The firmware crashed: stack overflow.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 14), { "panic-semaphore", "red SOS, then 14 blinks",
            "The firmware stopped: heap error or semaphore timeout.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS } },
        { L(.pattern = LIGHT_SOS, .count = 15), { "panic-secure", "red SOS, then 15 blinks",
            "The firmware crashed: secure fault.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOS, .platforms = RTL } },
        { L(.pattern = LIGHT_SOS), { "panic", "red SOS", "The firmware crashed.", PANIC_ADVICE, FAULT_DEVICE_OFFLINE,
            SOS } },

        /* a Tracker's own LED mode */
        { L(.colour = LIGHT_RED, .pattern = LIGHT_FAST_BREATHING, .tracker = true),
          { "tracker-cellular", "Tracker: fast breathing red", "The Tracker is connecting to the cellular network.",
            "Wait up to ten minutes, under open sky if need be.", FAULT_NONE,
            .shape = { LIGHT_FAST_BREATHING, 0, 0, 500 }, .platforms = ID(26) | ID(28) } },
        { L(.colour = LIGHT_YELLOW, .pattern = LIGHT_BREATHING, .tracker = true),
          { "tracker-connecting-weak", "Tracker: breathing yellow", "Connecting to the cloud over a weak signal.",
            "Wait; a better place for the antenna helps.", FAULT_NONE, FADE(1000), .platforms = ID(26) | ID(28) } },
        { L(.colour = LIGHT_GREEN, .pattern = LIGHT_BREATHING, .tracker = true),
          { "tracker-connecting", "Tracker: breathing green", "Connecting to the cloud.", "Wait.", FAULT_NONE,
            FADE(1000), .platforms = ID(26) | ID(28) } },
        { L(.colour = LIGHT_YELLOW, .pattern = LIGHT_SOLID, .tracker = true),
          { "tracker-connected-weak", "Tracker: solid yellow", "Connected, the signal is weak.", "Nothing to do.",
            FAULT_NONE, SOLID, .platforms = ID(26) | ID(28) } },
        { L(.colour = LIGHT_GREEN, .pattern = LIGHT_SOLID, .tracker = true),
          { "tracker-connected", "Tracker: solid green", "Connected.", "Nothing to do.", FAULT_NONE,
            SOLID, .platforms = ID(26) | ID(28) } },

        /* setup */
        { L(.colour = LIGHT_BLUE, .pattern = LIGHT_FAST_BLINKING),
          { "clearing-credentials", "fast blinking blue", "Network settings are being cleared (MODE was held for 10 "
            "seconds); it takes 1.25 seconds.", "Wait; it then blinks dark blue slowly and can be set up.",
            FAULT_NONE, FAST } },
        { L(.colour = LIGHT_BLUE, .pattern = LIGHT_BREATHING),
          { "network-idle", "breathing blue", "The radio is on, but the firmware does not connect.",
            "Its firmware connects by itself only when told to: hold MODE for 3 seconds to set it up.", FAULT_NONE,
            FADE(4000) } },
        { L(.colour = LIGHT_BLUE, .pattern = LIGHT_BLINKING),
          { "listening", "slow blinking dark blue", "Listening mode: the device is ready to be set up.",
            "Run usher setup. If it is not found over Bluetooth: another client is connected to it, it is a protected "
            "device, or a generation 2 model.", FAULT_NONE, BLINK(250, 250) } },

        /* the way to the cloud */
        { L(.colour = LIGHT_GREEN, .pattern = LIGHT_FAST_BLINKING, .held = true),
          { "restoring", "fast blinking green while MODE is held", "Letting go now restores the factory firmware.",
            "Let go if that is wanted; if not, unplug it with MODE held.", FAULT_NONE, FAST, .platforms = NRF,
            .versions = "newer bootloaders (6.2.0); older ones blink yellow" } },
        { L(.colour = LIGHT_GREEN, .pattern = LIGHT_BLINKING, .count = LIGHT_SOME),
          { "signal-bars", "1 to 5 green blinks after a tap on MODE", "The strength of the cellular signal: as many "
            "bars as blinks.", "Nothing to do; with one or two, a better place for the antenna helps.", FAULT_NONE,
            BLINK(50, 350), .platforms = BARS } },
        { L(.colour = LIGHT_GREEN, .pattern = LIGHT_FAST_BLINKING),
          { "network-address", "fast blinking green", "Joined the network and waits for an address.",
            "If it stays: DHCP has no free address, a MAC filter or a captive portal is in the way.",
            FAULT_DEVICE_NO_ADDRESS, FAST } },
        { L(.colour = LIGHT_GREEN, .pattern = LIGHT_BREATHING),
          { "network-up", "breathing green", "The network is up, the cloud is not connected.",
            "The firmware has the cloud switched off or waits; press RESET if it should connect.", FAULT_NONE,
            FADE(4000) } },
        { L(.colour = LIGHT_GREEN, .pattern = LIGHT_BLINKING),
          { "network-connecting", "blinking green", "Connecting to Wi-Fi or to the cellular network.",
            "Normal for a minute on Wi-Fi, five and more on cellular the first time. Then check the password and the "
            "network's reach, or antenna and SIM.", FAULT_DEVICE_OFFLINE, BLINK(100, 100) } },
        { L(.colour = LIGHT_CYAN, .pattern = LIGHT_FAST_BLINKING),
          { "cloud-handshaking", "fast blinking cyan", "Shaking hands with the cloud.",
            "If it stays for 45 seconds and then blinks red once: the firewall; allow UDP port 5684 outbound. If red "
            "comes within seconds: the keys (particle keys doctor over USB).", FAULT_DEVICE_CLOUD_BLOCKED, FAST } },
        { L(.colour = LIGHT_CYAN, .pattern = LIGHT_BREATHING),
          { "connected", "breathing cyan", "Connected to the cloud: done.",
            "If it is not in your account, run usher setup again: it claims the device.", FAULT_NONE, FADE(4000) } },
        { L(.colour = LIGHT_CYAN, .pattern = LIGHT_BLINKING),
          { "cloud-connecting", "blinking cyan", "Connecting to the cloud.",
            "If it stays: the network's DNS or firewall; UDP port 5684 outbound must be open. Watch for orange or red "
            "blinks in between and count them.", FAULT_DEVICE_CLOUD_BLOCKED, BLINK(100, 100) } },

        /* firmware */
        { L(.colour = LIGHT_MAGENTA, .pattern = LIGHT_BREATHING),
          { "safe-mode", "breathing magenta", "Safe mode: connected, but the application does not run.",
            "A firmware update from the cloud is due or its dependencies are missing; leave it powered.", FAULT_NONE,
            FADE(4000) } },
        { L(.colour = LIGHT_MAGENTA, .pattern = LIGHT_SOLID),
          { "powering-off", "solid magenta", "Powering off, or crashed.", "Press RESET.", FAULT_NONE, SOLID } },
        { L(.colour = LIGHT_MAGENTA, .pattern = LIGHT_FAST_BLINKING),
          { "bootloader-writing", "fast blinking magenta", "The bootloader writes firmware.", "Do not unplug it.",
            FAULT_NONE, FAST, .platforms = GEN34 } },
        { L(.colour = LIGHT_MAGENTA, .regular = true),
          { "safe-mode-prompt", "regular blinking magenta while MODE is held",
            "MODE is held at reset: letting go now starts safe mode.",
            "Let go for safe mode; hold on until it is yellow for DFU mode.", FAULT_NONE, BLINK(101, 101) } },
        { L(.colour = LIGHT_MAGENTA),
          { "updating", "irregular blinking magenta", "A firmware update is being received. (Regular blinks while MODE "
            "is held are something else: letting go starts safe mode.)", "Do not unplug it.", FAULT_NONE,
            .shape = { 0 } } },
        { L(.colour = LIGHT_YELLOW, .pattern = LIGHT_FAST_BLINKING),
          { "restoring-yellow", "fast blinking yellow", "Factory firmware is being restored.", "Wait.", FAULT_NONE,
            FAST, .platforms = GEN2 | NRF, .versions = "older bootloaders; newer ones (6.2.0) blink green" } },
        { L(.colour = LIGHT_YELLOW, .pattern = LIGHT_BLINKING),
          { "dfu", "blinking yellow", "DFU mode: it waits for firmware over USB.", "Press RESET to leave it.",
            FAULT_NONE, BLINK(100, 100) } },
        { L(.colour = LIGHT_WHITE, .pattern = LIGHT_FAST_BLINKING),
          { "settings-reset", "fast blinking white", "MODE is held at reset for 10 seconds: letting go resets the "
            "settings.", "Let go if that is wanted; if not, unplug it with MODE held.", FAULT_NONE, FAST } },
        { L(.colour = LIGHT_WHITE, .pattern = LIGHT_BLINKING),
          { "key-making", "blinking white", "The device makes its key, as it does once.", "Wait; leave it powered.",
            FAULT_NONE, BLINK(100, 100), .platforms = GEN34 } },
        { L(.colour = LIGHT_WHITE, .pattern = LIGHT_BREATHING),
          { "radio-off", "breathing white", "The radio is switched off by the firmware.",
            "Hold MODE for 3 seconds: it blinks dark blue and can be set up.", FAULT_NONE, FADE(4000) } },
        { L(.colour = LIGHT_WHITE, .pattern = LIGHT_DIM),
          { "powering-off-white", "dim white", "Powering off, or crashed.", "Press RESET.", FAULT_NONE, SOLID } },
        { L(.colour = LIGHT_WHITE, .pattern = LIGHT_SOLID),
          { "booting", "solid white", "The device starts; formatting its file system takes up to 10 seconds.",
            "Wait; if it stays, press RESET.", FAULT_NONE, SOLID } },
        { L(.colour = LIGHT_GREY), { "powering-off-grey", "grey", "Powering off, or crashed.", "Press RESET.",
            FAULT_NONE, SOLID } },
        { L(.colour = LIGHT_RED, .pattern = LIGHT_FAST_BLINKING),
          { "clearing-failed", "fast blinking red", "Clearing the network settings failed.",
            "Hold MODE for 10 seconds again.", FAULT_NONE, FAST } },
        { L(.colour = LIGHT_RED, .pattern = LIGHT_BLINKING, .count = 1),
          { "cloud-handshake-red", "1 red blink", RED_MEANING, RED_ADVICE, FAULT_DEVICE_CLOUD_BLOCKED,
            BLINK(250, 0) } },
        { L(.colour = LIGHT_RED, .pattern = LIGHT_SOLID),
          { "crashed", "solid red", "The firmware crashed and could not show SOS.", "Press RESET. If it comes back: "
            PANIC_ADVICE, FAULT_DEVICE_OFFLINE, SOLID } },
        { L(.colour = LIGHT_RAINBOW),
          { "rainbow", "rainbow", "It shows which one it is ('signal').", "Nothing to do.", FAULT_NONE,
            .shape = { .period_ms = 700 } } },
        { L(.colour = LIGHT_OFF),
          { "off", "no light", "No power, no bootloader, or asleep.",
            "Check the USB cable and battery; then try DFU mode (hold MODE, tap RESET, wait for yellow).",
            FAULT_DEVICE_OFFLINE, SOLID } },
        { L(.pattern = LIGHT_SOLID),
          { "hung", "a solid colour", "The device hangs in the state of that colour.", "Press RESET.",
            FAULT_DEVICE_OFFLINE, SOLID } },
};
/* clang-format on */

static bool pattern_fits(enum light_pattern row, enum light_pattern seen)
{
        return row == LIGHT_ANY_PATTERN || row == seen || (row == LIGHT_SOLID && seen == LIGHT_DIM) ||
               (row == LIGHT_BLINKING && seen == LIGHT_ANY_PATTERN);
}

static bool count_fits(unsigned row, unsigned seen)
{
        return row == 0 || row == seen || (row == LIGHT_SOME && seen > 0);
}

static bool fits(const struct light *row, const struct light *seen)
{
        if (row->tracker != seen->tracker || (row->held && !seen->held) || (row->regular && !seen->regular))
                return false;
        if (row->colour != LIGHT_ANY_COLOUR && row->colour != seen->colour)
                return false;
        if (row->then != LIGHT_ANY_COLOUR && row->then != seen->then)
                return false;
        return pattern_fits(row->pattern, seen->pattern) && count_fits(row->count, seen->count);
}

bool light_holds(const struct light_meaning *m, unsigned platform)
{
        return platform == 0 || m->platforms == 0 || (platform < 64 && (m->platforms & ID(platform)));
}

const char *light_pattern_word(enum light_pattern pattern)
{
        switch (pattern) {
        case LIGHT_ANY_PATTERN: return "";
        case LIGHT_SOLID: return "solid";
        case LIGHT_DIM: return "dim";
        case LIGHT_BLINKING: return "blinking";
        case LIGHT_FAST_BLINKING: return "fast blinking";
        case LIGHT_BREATHING: return "breathing";
        case LIGHT_FAST_BREATHING: return "fast breathing";
        case LIGHT_SOS: return "SOS";
        }
        return "";
}

/* The counted blinks are what tells; a row that passes them over would answer another question. */
static bool tells_less(const struct light *row, const struct light *other)
{
        return other->then != LIGHT_ANY_COLOUR && row->then == LIGHT_ANY_COLOUR;
}

int light_explain(const struct light *l, unsigned platform, const struct light_meaning **ret)
{
        const struct light *others = NULL; /* of another platform */

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                if (!fits(&rows[i].light, l))
                        continue;
                if (!light_holds(&rows[i].say, platform))
                        others = others ? others : &rows[i].light;
                else if (others && tells_less(&rows[i].light, others))
                        return -ESRCH;
                else
                        return light_row(i, ret);
        }
        return others ? -ESRCH : -ENOENT;
}

int light_row(size_t i, const struct light_meaning **ret)
{
        if (i >= ELEMENTSOF(rows))
                return -ERANGE;
        *ret = &rows[i].say;
        return 0;
}
