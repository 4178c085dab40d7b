/* SPDX-License-Identifier: Apache-2.0 */

/* Gives this machine a Bluetooth adapter that is not there: /dev/vhci is the kernel's end for a controller
 * in user space, everything above it (kernel, bluetoothd, usher) is the real thing. Needs the module
 * hci_vhci and the right to open the device. The adapter is gone when this program ends, which is a fault
 * that tests use, too. */

#include "tests/sim/cli/vhci.h"
#include "proto/base/fault.h"
#include "proto/base/number.h"
#include "tests/sim/cli/app-device.h"
#include "tests/sim/vhci/app-echo.h"
#include "tests/sim/vhci/control.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-event.h>

enum { VHCI_PRIMARY = 0x00, ECHO_MAX = 32, CONTROLS_MAX = 8 };

struct vhci {
        sd_event *loop;
        struct controller *controller;
        int fd;
        int control_fd;
        bool failed;
};

struct options {
        struct controller_config controller;
        unsigned echoes, max_mtu;
        const char *control, *send;
};

static void help(void)
{
        puts("Usage: usher-sim vhci [OPTION]...\n"
             "       usher-sim vhci --control PATH --send \"NAME VERB [ARGUMENT]...\"\n\n"
             "Gives this machine a Bluetooth adapter with virtual devices in range (needs /dev/vhci).\n\n"
             "  --device KEY=VALUE[,...]  a device in setup mode: serial, secret[-file], id, platform, os, name, rssi\n"
             "  --world FILE              the Wi-Fi networks around them\n"
             "  --cloud URL               where they go online\n"
             "  --echo N                  N devices that send back what they get\n"
             "  --mtu N                   the devices' largest ATT MTU (247)\n"
             "  --packets N               per connection event and direction (4)\n"
             "  --adv-ms N                how often a device advertises (20)\n"
             "  --loop-ms N               a pass of a device's loop begins 0 to N ms after the last (100)\n"
             "  --links N                 connections that the adapter can hold (7)\n"
             "  --control PATH            socket for faults while it runs; --send \"help\" lists them\n"
             "  --send LINE               says one line there, prints the answer, ends");
}

/* sending one line */
static int control_address(const char *path, struct sockaddr_un *ret)
{
        struct sockaddr_un sa = { .sun_family = AF_UNIX };

        if (strlen(path) >= sizeof(sa.sun_path))
                return -ENAMETOOLONG;
        memcpy(sa.sun_path, path, strlen(path) + 1);
        *ret = sa;
        return 0;
}

static int send_line(const char *path, const char *line)
{
        _cleanup_(closep) int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        struct timeval limit = { .tv_sec = 5 };
        char reply[CONTROL_REPLY_MAX];
        struct sockaddr_un sa;
        ssize_t n;

        if (fd < 0 || control_address(path, &sa) < 0 ||
            connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 ||
            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
            send(fd, line, strlen(line), MSG_NOSIGNAL) < 0 ||
            (n = recv(fd, reply, sizeof(reply) - 1, 0)) <= 0) {
                fprintf(stderr, "usher-sim vhci: %s: %s\n", path, strerror(errno));
                return EXIT_INTERNAL;
        }
        reply[n] = '\0';
        puts(reply);
        return strncmp(reply, "ok", 2) == 0 ? EXIT_DONE : EXIT_USAGE;
}

/* the control socket */
static int on_control(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct vhci *v = userdata;
        char line[CONTROL_LINE_MAX], reply[CONTROL_REPLY_MAX];
        ssize_t n = recv(fd, line, sizeof(line) - 1, MSG_DONTWAIT);

        (void)revents;
        if (n <= 0) {
                (void)close(fd);
                sd_event_source_disable_unref(source);
                return 0;
        }
        line[n] = '\0';
        control_run(v->controller, line, reply);
        (void)send(fd, reply, strlen(reply), MSG_NOSIGNAL | MSG_DONTWAIT);
        return 0;
}

static int on_caller(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct vhci *v = userdata;
        int caller = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        (void)source;
        (void)revents;
        if (caller >= 0 && sd_event_add_io(v->loop, &source, caller, EPOLLIN, on_control, v) < 0)
                (void)close(caller);
        return 0;
}

static int open_control(struct vhci *v, const char *path)
{
        struct sockaddr_un sa;
        int r = control_address(path, &sa);

        if (r < 0)
                return r;
        (void)unlink(path);
        v->control_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (v->control_fd < 0 || bind(v->control_fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 ||
            listen(v->control_fd, CONTROLS_MAX) < 0)
                return -errno;
        return sd_event_add_io(v->loop, NULL, v->control_fd, EPOLLIN, on_caller, v);
}

/* the kernel's end */
static void to_kernel(void *userdata, const uint8_t *packet, size_t len)
{
        struct vhci *v = userdata;

        if (write(v->fd, packet, len) < 0 && !v->failed) {
                fprintf(stderr, "usher-sim vhci: /dev/vhci: %s\n", strerror(errno));
                v->failed = true;
                (void)sd_event_exit(v->loop, EXIT_INTERNAL);
        }
}

static int on_kernel(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct vhci *v = userdata;
        uint8_t packet[4096];
        ssize_t n = read(fd, packet, sizeof(packet));

        (void)source;
        (void)revents;
        if (n > 0)
                controller_receive(v->controller, packet, (size_t)n);
        else if (n == 0 || errno != EAGAIN)
                (void)sd_event_exit(v->loop, EXIT_INTERNAL);
        return 0;
}

static int open_vhci(struct vhci *v)
{
        uint8_t answer[4];

        v->fd = open("/dev/vhci", O_RDWR | O_CLOEXEC);
        if (v->fd < 0)
                return -errno;
        if (write(v->fd, (uint8_t[]){ HCI_VENDOR, VHCI_PRIMARY }, 2) != 2 ||
            read(v->fd, answer, sizeof(answer)) != sizeof(answer) || answer[0] != HCI_VENDOR)
                return -EPROTO;
        printf("ready hci%u\n", answer[2] | answer[3] << 8);
        (void)fflush(stdout);
        return fcntl(v->fd, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

/* options */
static int parse_number(const char *name, const char *text, unsigned low, unsigned high, unsigned *ret)
{
        if (number_read(text, low, high, ret) < 0) {
                fprintf(stderr, "usher-sim vhci: --%s takes a number from %u to %u, not '%s'\n", name, low,
                        high, text);
                return -EINVAL;
        }
        return 0;
}

enum {
        OPT_DEVICE = 1,
        OPT_WORLD,
        OPT_CLOUD,
        OPT_ECHO,
        OPT_MTU,
        OPT_PACKETS,
        OPT_ADV,
        OPT_LINKS,
        OPT_LOOP,
        OPT_CONTROL,
        OPT_SEND,
        OPT_HELP
};

static const struct option long_options[] = {
        { "device", required_argument, NULL, OPT_DEVICE },
        { "world", required_argument, NULL, OPT_WORLD },
        { "cloud", required_argument, NULL, OPT_CLOUD },
        { "echo", required_argument, NULL, OPT_ECHO },
        { "mtu", required_argument, NULL, OPT_MTU },
        { "packets", required_argument, NULL, OPT_PACKETS },
        { "adv-ms", required_argument, NULL, OPT_ADV },
        { "links", required_argument, NULL, OPT_LINKS },
        { "loop-ms", required_argument, NULL, OPT_LOOP },
        { "control", required_argument, NULL, OPT_CONTROL },
        { "send", required_argument, NULL, OPT_SEND },
        { "help", no_argument, NULL, OPT_HELP },
        { 0 },
};

static int parse_option(int opt, struct app_devices *devices, struct options *o)
{
        switch (opt) {
        case OPT_DEVICE: return app_devices_add(devices, optarg);
        case OPT_WORLD: return app_devices_world(devices, optarg);
        case OPT_CLOUD: return app_devices_cloud(devices, optarg);
        case OPT_ECHO: return parse_number("echo", optarg, 0, ECHO_MAX, &o->echoes);
        case OPT_MTU: return parse_number("mtu", optarg, ATT_MTU_MIN, ATT_MTU_MAX, &o->max_mtu);
        case OPT_PACKETS: return parse_number("packets", optarg, 1, 16, &o->controller.packets);
        case OPT_ADV: return parse_number("adv-ms", optarg, 1, 10240, &o->controller.adv_ms);
        case OPT_LINKS: return parse_number("links", optarg, 0, 64, &o->controller.links_max);
        case OPT_LOOP: return parse_number("loop-ms", optarg, 0, 10000, app_devices_loop_ms(devices));
        case OPT_CONTROL: o->control = optarg; return 0;
        case OPT_SEND: o->send = optarg; return 0;
        default: return -EINVAL;
        }
}

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        (void)info;
        (void)userdata;
        return sd_event_exit(sd_event_source_get_event(source), EXIT_DONE);
}

static int prepare(struct vhci *v, struct app_devices *devices, const struct options *o)
{
        sigset_t ends;
        int r;

        sigemptyset(&ends);
        sigaddset(&ends, SIGTERM);
        sigaddset(&ends, SIGINT);
        (void)sigprocmask(SIG_BLOCK, &ends, NULL);
        r = controller_new(&o->controller, to_kernel, v, &v->controller);
        for (unsigned i = 0; r >= 0 && i < o->echoes; i++) {
                struct peripheral *p;

                r = app_echo_new(i, o->max_mtu, &p);
                if (r >= 0)
                        controller_add(v->controller, p);
        }
        if (r >= 0)
                r = app_devices_start(devices, v->controller, o->max_mtu);
        if (r >= 0)
                r = sd_event_add_signal(v->loop, NULL, SIGTERM, on_end, NULL);
        if (r >= 0)
                r = sd_event_add_signal(v->loop, NULL, SIGINT, on_end, NULL);
        if (r >= 0 && o->control)
                r = open_control(v, o->control);
        if (r >= 0)
                r = open_vhci(v);
        if (r >= 0)
                r = sd_event_add_io(v->loop, NULL, v->fd, EPOLLIN, on_kernel, v);
        return r;
}

static int run(struct app_devices *devices, const struct options *o)
{
        struct vhci v = { .fd = -1, .control_fd = -1, .loop = o->controller.loop };
        int r = prepare(&v, devices, o);

        if (r < 0)
                fprintf(stderr, "usher-sim vhci: %s%s\n", strerror(-r),
                        v.fd < 0 ? "; is the module hci_vhci loaded, and may you open /dev/vhci?" : "");
        else
                r = sd_event_loop(v.loop);
        if (o->control && v.control_fd >= 0)
                (void)unlink(o->control);
        controller_free(v.controller);
        closep(&v.fd);
        closep(&v.control_fd);
        return r < 0 ? EXIT_INTERNAL : r;
}

int vhci_main(int argc, char **argv)
{
        _cleanup_(sd_event_unrefp) sd_event *loop = NULL;
        _cleanup_(app_devices_freep) struct app_devices *devices =
                sd_event_new(&loop) < 0 ? NULL : app_devices_new(loop);
        struct options o = { .controller = { .loop = loop,
                                             .address = { 0, 0, 0, 1, 0xaa, 0 },
                                             .adv_ms = 20,
                                             .packets = 4,
                                             .links_max = 7 },
                             .max_mtu = ATT_MTU_MAX };
        int opt;

        if (!devices)
                return EXIT_INTERNAL;
        optind = 0;
        while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
                if (opt == OPT_HELP) {
                        help();
                        return EXIT_DONE;
                }
                if (parse_option(opt, devices, &o) < 0)
                        return EXIT_USAGE;
        }
        if (optind < argc) {
                fprintf(stderr, "usher-sim vhci: '%s' is not an option; --help lists them\n", argv[optind]);
                return EXIT_USAGE;
        }
        if (o.send)
                return o.control ? send_line(o.control, o.send) : EXIT_USAGE;
        return run(devices, &o);
}
