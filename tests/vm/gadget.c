/* SPDX-License-Identifier: Apache-2.0 */

/* Plays a handheld scanner: what comes on standard input is scanned, a line a scan, at the speed that is
 * asked for. Input that ends within a line is a scan that breaks off.
 *
 *   gadget keys /dev/hidgN GAP_US   a USB keyboard, as usb_f_hid sends its reports
 *   gadget pos /dev/hidgN GAP_US    HID POS, reports of descriptor_pos() in pieces of 20 characters
 *   gadget line /dev/ttyGSN GAP_US  a serial line, CR behind each scan
 *   gadget air NAME GAP_US          a keyboard that comes over the air, made by uhid; it lives as long as
 * this gadget descriptor keys|pos      the report descriptor, for configfs
 *
 * GAP_US is the time of a character; how long one took is printed at the end.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/uhid.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Boot keyboard: modifiers, a byte that is nothing, six keys; lights come back. */
static const unsigned char descriptor_keys[] = {
        0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01,
        0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x03, 0x95, 0x05, 0x75, 0x01,
        0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x03, 0x95, 0x06,
        0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0,
};

/* Report 2 as scanning.md 9.5 has it: length, AIM identifier, 56 bytes of text, ..., more. */
static const unsigned char descriptor_pos[] = {
        0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x12, 0xa1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26, 0xff, 0x00,
        0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3b, 0x81, 0x02, 0x05, 0x8c, 0x09, 0xfb, 0x81, 0x02, 0x09,
        0xfc, 0x81, 0x02, 0x09, 0xfd, 0x81, 0x02, 0x95, 0x38, 0x09, 0xfe, 0x82, 0x02, 0x01, 0x95, 0x02, 0x81,
        0x03, 0x75, 0x01, 0x95, 0x01, 0x25, 0x01, 0x09, 0xff, 0x81, 0x02, 0x75, 0x07, 0x81, 0x03, 0xc0, 0xc0,
};

enum { POS_LEN = 64, POS_AIM = 2, POS_TEXT = 5, POS_MORE = 63, POS_PIECE = 20, SHIFT = 0x02 };

struct scanner {
        int fd;
        long gap_us;
        bool air;
        unsigned char pos[POS_LEN];
        struct timespec next;
        long long spent_us; /* on characters */
        long characters;
};

static void die(const char *what)
{
        fprintf(stderr, "gadget: %s: %s\n", what, strerror(errno));
        exit(1);
}

static long long next_us(const struct scanner *s)
{
        return s->next.tv_sec * 1000000LL + s->next.tv_nsec / 1000;
}

static long long now_us(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* Not before `us` after the last one. */
static void wait_us(struct scanner *s, long us)
{
        s->next.tv_nsec += us * 1000;
        s->next.tv_sec += s->next.tv_nsec / 1000000000;
        s->next.tv_nsec %= 1000000000;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &s->next, NULL) == EINTR)
                ;
}

static void send_report(struct scanner *s, const unsigned char *report, size_t len)
{
        struct uhid_event e = { .type = UHID_INPUT2, .u.input2.size = (__u16)len };
        const void *p = report;

        if (s->air) {
                memcpy(e.u.input2.data, report, len);
                p = &e;
                len = sizeof(e);
        }
        if (write(s->fd, p, len) != (ssize_t)len)
                die("write");
}

static unsigned char usage_of(char c, unsigned char *ret_modifiers)
{
        *ret_modifiers = c >= 'A' && c <= 'Z' ? SHIFT : 0;
        if (c >= 'A' && c <= 'Z')
                return (unsigned char)(0x04 + c - 'A');
        if (c >= 'a' && c <= 'z')
                return (unsigned char)(0x04 + c - 'a');
        if (c >= '1' && c <= '9')
                return (unsigned char)(0x1e + c - '1');
        switch (c) {
        case '0': return 0x27;
        case '\n': return 0x28;
        case ' ': return 0x2c;
        case ']': return 0x30;
        default: errno = EINVAL; die("no key for a character");
        }
        return 0;
}

static void type_key(struct scanner *s, char c)
{
        unsigned char report[8] = { 0 };

        report[2] = usage_of(c, &report[0]);
        send_report(s, report, sizeof(report));
        wait_us(s, s->gap_us / 2);
        memset(report, 0, sizeof(report));
        send_report(s, report, sizeof(report));
        wait_us(s, s->gap_us - s->gap_us / 2);
}

/* A piece is sent when the next character, or the end of the scan, says whether there is more. */
static void send_piece(struct scanner *s, char c)
{
        unsigned char n = s->pos[1];

        if (c == '\n' || n == POS_PIECE) {
                s->pos[0] = 2;
                memcpy(s->pos + POS_AIM, "]d1", 3);
                s->pos[POS_MORE] = c != '\n';
                send_report(s, s->pos, POS_LEN);
                memset(s->pos, 0, POS_LEN);
                n = 0;
        }
        if (c != '\n') {
                s->pos[POS_TEXT + n] = (unsigned char)c;
                s->pos[1] = (unsigned char)(n + 1);
        }
        wait_us(s, s->gap_us);
}

static void send_byte(struct scanner *s, char c)
{
        c = c == '\n' ? '\r' : c;
        if (write(s->fd, &c, 1) != 1)
                die("write");
        wait_us(s, s->gap_us);
}

static void create_air(struct scanner *s, const char *name)
{
        struct uhid_event e = { .type = UHID_CREATE2 };

        (void)snprintf((char *)e.u.create2.name, sizeof(e.u.create2.name), "%s", name);
        memcpy(e.u.create2.rd_data, descriptor_keys, sizeof(descriptor_keys));
        e.u.create2.rd_size = sizeof(descriptor_keys);
        e.u.create2.bus = 0x05; /* Bluetooth */
        e.u.create2.vendor = 0x05f9;
        s->air = true;
        if (write(s->fd, &e, sizeof(e)) != sizeof(e))
                die(name);
}

static int print_descriptor(const char *kind)
{
        size_t len = strcmp(kind, "pos") == 0 ? sizeof(descriptor_pos) : sizeof(descriptor_keys);

        return fwrite(len == sizeof(descriptor_pos) ? descriptor_pos : descriptor_keys, len, 1, stdout) == 1
                       ? 0
                       : 1;
}

int main(int argc, char **argv)
{
        struct scanner s = { .fd = -1 };
        void (*scan)(struct scanner *, char) = type_key;
        char c;

        if (argc == 3 && strcmp(argv[1], "descriptor") == 0)
                return print_descriptor(argv[2]);
        if (argc != 4)
                return 2;
        if (strcmp(argv[1], "pos") == 0)
                scan = send_piece;
        if (strcmp(argv[1], "line") == 0)
                scan = send_byte;
        s.gap_us = strtol(argv[3], NULL, 10);
        s.air = strcmp(argv[1], "air") == 0;
        s.fd = open(s.air ? "/dev/uhid" : argv[2], O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (s.fd < 0)
                die(argv[2]);
        if (s.air)
                create_air(&s, argv[2]);
        while (read(STDIN_FILENO, &c, 1) == 1) {
                long long began_us = now_us();

                if (began_us > next_us(&s))
                        (void)clock_gettime(CLOCK_MONOTONIC, &s.next);
                scan(&s, c);
                s.spent_us += now_us() - began_us;
                s.characters++;
        }
        if (s.characters > 0)
                printf("%lld us a character\n", s.spent_us / s.characters);
        return 0;
}
