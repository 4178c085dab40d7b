/* SPDX-License-Identifier: Apache-2.0 */

#include "tests/sim/cli/device-options.h"
#include "proto/base/number.h"
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
        "Usage: usher-sim device --dir DIR --serial S (--secret X | --secret-file FILE) [OPTION]...\n"
        "       usher-sim device --dir DIR --from LIST [OPTION]...\n\n"
        "Virtual Particle devices on the sim radio: usher finds them with --radio sim:DIR.\n\n"
        "  --dir DIR           where its socket is; the folder must exist\n"
        "  --serial S          serial number, 15 characters\n"
        "  --secret X          mobile secret, 15 characters (it is virtual: the command line may show it)\n"
        "  --secret-file FILE  the same from a file\n"
        "  --from LIST         one device a row of this CSV: label, or serial and secret; platform, os, id and rssi\n"
        "                      if it has these columns; the options count for all of them\n"
        "  --platform NAME     argon, boron, bsom, b5som, tracker, trackerm, esomx, p2, photon2, msom ...; preset:\n"
        "                      as its serial number begins, else argon\n"
        "  --os VERSION        Device OS, preset 6.2.0\n"
        "  --id HEX            device id; preset: made from the serial number\n"
        "  --name NAME         advertised name, as product firmware may set it\n"
        "  --cloud URL         goes online at this 'usher-sim cloud'\n"
        "  --world FILE        networks around it (tests/sim/device/world.h); preset: Wi-Fi 'usher-lab', 'correct horse'\n"
        "  --interval-ms N     connection interval: data passes only on its events; preset 0: at once\n"
        "  --packets N         packets per event and direction, preset 4\n"
        "  --loop-ms N         a pass of its loop begins 0 to N ms after the last, and does one request; what comes\n"
        "                      meanwhile fills its pool; preset 100, the firmware's own; 0: it reads at once\n"
        "  --loop-seed N       of the passes' lengths, preset 0\n"
        "  --join-ms N         how long joining Wi-Fi takes (also --scan-ms, --dhcp-ms, --dtls-ms, --boot-ms)\n"
        "  --start HOW         listening (preset), boot, provisioning\n"
        "  --setup-done        the setup flag of old firmware is set\n"
        "  --protected         Device Protection is on\n"
        "  --active-sim N      1 internal (preset), 2 external\n"
        "  --ethernet          the Ethernet feature flag is set\n"
        "  --fault F           NAME[=ARG][,times=K]; may be given several times:\n";

static void print_help(void)
{
        const char *arg, *summary, *name;

        fputs(help, stdout);
        for (size_t i = 0; (name = mishap_describe(i, &arg, &summary)); i++)
                printf("      %s%s%s%*s %s\n", name, arg ? "=" : "", arg ? arg : "",
                       (int)(26 - strlen(name) - (arg ? strlen(arg) + 1 : 0)), "", summary);
        fputs("  --log FILE          a line per request that was handled: type and result\n"
              "  --effects FILE      appends a line of JSON for each thing that was set, also if it was so before\n"
              "\nSIGUSR1 holds its MODE button for 3 seconds, SIGUSR2 presses RESET.\n",
              stdout);
}

/* options */

enum {
        OPT_JOIN = 256,
        OPT_LOOP,
        OPT_LOOP_SEED,
        OPT_SCAN,
        OPT_DHCP,
        OPT_DTLS,
        OPT_BOOT,
        OPT_SECRET_FILE,
        OPT_SETUP_DONE,
        OPT_PROTECTED,
        OPT_FROM,
        OPT_EFFECTS
};

static const struct option table[] = {
        { "dir", required_argument, NULL, 'd' },
        { "serial", required_argument, NULL, 's' },
        { "from", required_argument, NULL, OPT_FROM },
        { "secret", required_argument, NULL, 'x' },
        { "secret-file", required_argument, NULL, OPT_SECRET_FILE },
        { "platform", required_argument, NULL, 'p' },
        { "os", required_argument, NULL, 'o' },
        { "id", required_argument, NULL, 'i' },
        { "name", required_argument, NULL, 'n' },
        { "cloud", required_argument, NULL, 'c' },
        { "world", required_argument, NULL, 'w' },
        { "interval-ms", required_argument, NULL, 'I' },
        { "packets", required_argument, NULL, 'P' },
        { "loop-ms", required_argument, NULL, OPT_LOOP },
        { "loop-seed", required_argument, NULL, OPT_LOOP_SEED },
        { "join-ms", required_argument, NULL, OPT_JOIN },
        { "scan-ms", required_argument, NULL, OPT_SCAN },
        { "dhcp-ms", required_argument, NULL, OPT_DHCP },
        { "dtls-ms", required_argument, NULL, OPT_DTLS },
        { "boot-ms", required_argument, NULL, OPT_BOOT },
        { "start", required_argument, NULL, 'S' },
        { "setup-done", no_argument, NULL, OPT_SETUP_DONE },
        { "protected", no_argument, NULL, OPT_PROTECTED },
        { "active-sim", required_argument, NULL, 'a' },
        { "ethernet", no_argument, NULL, 'e' },
        { "fault", required_argument, NULL, 'f' },
        { "log", required_argument, NULL, 'l' },
        { "effects", required_argument, NULL, OPT_EFFECTS },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
};

static int number(const char *text, unsigned max, unsigned *ret)
{
        if (number_read(text, 0, max, ret) < 0) {
                fprintf(stderr, "usher-sim device: '%s' is not a number from 0 to %u\n", text, max);
                return -EINVAL;
        }
        return 0;
}

static int take_start(const char *text, enum vdevice_start *ret)
{
        static const char *const names[] = {
                [VDEVICE_START_LISTENING] = "listening",
                [VDEVICE_START_BOOT] = "boot",
                [VDEVICE_START_PROVISIONING] = "provisioning",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (strcmp(names[i], text) == 0) {
                        *ret = (enum vdevice_start)i;
                        return 0;
                }
        fprintf(stderr, "usher-sim device: --start is listening, boot or provisioning\n");
        return -EINVAL;
}

static int take_fault(struct device_options *o, const char *text)
{
        const char *why;

        if (o->config.n_mishaps == FAULTS_MAX) {
                fprintf(stderr, "usher-sim device: at most %d faults\n", FAULTS_MAX);
                return -E2BIG;
        }
        if (mishap_parse(text, &why, &o->mishap[o->config.n_mishaps]) < 0) {
                fprintf(stderr, "usher-sim device: --fault %s: %s\n", text, why);
                return -EINVAL;
        }
        o->config.n_mishaps++;
        return 0;
}

static int take_secret(struct device_options *o, const char *text, bool file)
{
        int r = file ? secret_read_file(text, 64, &o->secret) : secret_new(text, strlen(text), &o->secret);

        if (r < 0)
                fprintf(stderr, "usher-sim device: the secret cannot be read: %s\n", strerror(-r));
        return r;
}

static int take(struct device_options *o, int c, const char *arg)
{
        switch (c) {
        case 'd': o->dir = arg; return 0;
        case 's': o->config.serial = arg; return 0;
        case OPT_FROM: o->from = arg; return 0;
        case 'x': return take_secret(o, arg, false);
        case OPT_SECRET_FILE: return take_secret(o, arg, true);
        case 'p': o->platform = arg; return 0;
        case 'o': o->os = arg; return 0;
        case 'i': o->config.id = arg; return 0;
        case 'n': o->config.advert_name = arg; return 0;
        case 'c': o->cloud = arg; return 0;
        case 'w': o->world = arg; return 0;
        case 'l': o->log = arg; return 0;
        case OPT_EFFECTS: o->effects = arg; return 0;
        case 'I': return number(arg, 10000, &o->config.interval_ms);
        case 'P': return number(arg, 64, &o->config.packets);
        case OPT_LOOP: return number(arg, 10000, &o->timing.loop_ms);
        case OPT_LOOP_SEED: return number(arg, UINT_MAX, &o->config.loop_seed);
        case OPT_JOIN: return number(arg, INT_MAX, &o->timing.join_ms);
        case OPT_SCAN: return number(arg, INT_MAX, &o->timing.scan_ms);
        case OPT_DHCP: return number(arg, INT_MAX, &o->timing.dhcp_ms);
        case OPT_DTLS: return number(arg, INT_MAX, &o->timing.dtls_ms);
        case OPT_BOOT: return number(arg, INT_MAX, &o->timing.boot_ms);
        case 'S': return take_start(arg, &o->config.start);
        case OPT_SETUP_DONE: o->config.setup_done = true; return 0;
        case OPT_PROTECTED: o->config.protected = true; return 0;
        case 'a': return number(arg, 2, &o->config.active_sim);
        case 'e': o->config.ethernet_detection = true; return 0;
        case 'f': return take_fault(o, arg);
        case 'h': print_help(); return 1;
        default: return -EINVAL;
        }
}

static int usage(const char *what)
{
        fprintf(stderr, "usher-sim device: %s; see --help\n", what);
        return -EINVAL;
}

int device_options_parse(int argc, char **argv, struct device_options *o)
{
        const struct vdevice_config *c = &o->config;
        int option, r = 0;

        *o = (struct device_options){ .os = "6.2.0", .timing = vdevice_timing_default };
        optind = 1;
        while (r == 0 && (option = getopt_long(argc, argv, "", table, NULL)) >= 0)
                r = take(o, option, optarg);
        if (r != 0)
                return r;
        if (o->from && (c->serial || o->secret || c->id || c->advert_name))
                return usage(
                        "--from has serial numbers, secrets and ids in its rows, and no names in the air");
        if (optind < argc || !o->dir || (!o->from && (!c->serial || !o->secret)))
                return usage("--dir, and --serial and --secret or --from are needed");
        return 0;
}

void device_options_done(struct device_options *o)
{
        secret_free(o->secret);
}
