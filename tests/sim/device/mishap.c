/* SPDX-License-Identifier: Apache-2.0 */

/* The names are what command lines and test reports say; what each does lives where it happens. */

#include "tests/sim/device/mishap.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum argument { NONE, NUMBER, REQUEST, REQUEST_RESULT };

static const struct row {
        const char *name;
        enum argument argument;
        const char *summary;
} rows[_MISHAP_MAX] = {
        [MISHAP_DROP_AFTER_BYTES] = { "drop-after-bytes", NUMBER,
                                      "link lost after N bytes, both directions" },
        [MISHAP_DROP_AFTER_RX] = { "drop-after-rx", NUMBER, "link lost after N bytes from the client" },
        [MISHAP_DROP_AFTER_TX] = { "drop-after-tx", NUMBER, "link lost after N bytes to the client" },
        [MISHAP_SILENT_AFTER_BYTES] = { "silent-after-bytes", NUMBER,
                                        "sends N bytes and then nothing more; the link stays" },
        [MISHAP_VERSION] = { "version", NUMBER, "value of the version characteristic" },
        [MISHAP_NO_SECRET] = { "no-secret", NONE, "no mobile secret in the device: drops every link" },
        [MISHAP_BAD_PROOF] = { "bad-proof", NONE, "a wrong proof in its first handshake message" },
        [MISHAP_BAD_CONFIRM] = { "bad-confirm", NONE, "a wrong confirmation" },
        [MISHAP_BAD_TAG] = { "bad-tag", NONE, "a reply that does not authenticate" },
        [MISHAP_PAD_FRAMES] = { "pad-frames", NUMBER, "N zero bytes behind each reply frame" },
        [MISHAP_REFUSE_LINK] = { "refuse-link", NONE, "drops the link as soon as it is up" },
        [MISHAP_NOT_ADVERTISING] = { "not-advertising", NONE, "never seen" },
        [MISHAP_DROP_AT_REQUEST] = { "drop-at-request", REQUEST,
                                     "link lost as request TYPE comes; with ,after: once it is done, its reply is lost" },
        [MISHAP_SILENT_AT_REQUEST] = { "silent-at-request", REQUEST, "request TYPE is never answered" },
        [MISHAP_RESULT] = { "result", REQUEST_RESULT, "request TYPE:CODE is answered with that code" },
        [MISHAP_HOSTILE_TEXT] = { "hostile-text", REQUEST,
                                  "the texts in the reply to request TYPE hold what a terminal obeys" },
        [MISHAP_WRONG_DEVICE] = { "wrong-device", NONE, "answers with another serial number and id" },
        [MISHAP_JOIN_RACE] = { "join-race", NONE, "500 fails although all is well" },
        [MISHAP_JOIN_DROPS_LINK] = { "join-drops-link", NONE,
                                     "the radio resets during 500, which succeeds" },
        [MISHAP_SCAN_EMPTY] = { "scan-empty", NONE, "506 finds nothing" },
        [MISHAP_MODEM_ERROR] = { "modem-error", NONE, "554 answers -210" },
        [MISHAP_OTA_DISABLED] = { "ota-disabled", NONE, "250 answers -1380" },
        [MISHAP_OTA_CORRUPT] = { "ota-corrupt", NONE, "251 finds the image damaged" },
        [MISHAP_NO_ASSOCIATION] = { "no-association", NONE, "never comes onto Wi-Fi or cellular" },
        [MISHAP_NO_ADDRESS] = { "no-address", NONE, "never gets an address" },
        [MISHAP_NO_DNS] = { "no-dns", NONE, "names are not resolved" },
        [MISHAP_NO_INTERNET] = { "no-internet", NONE, "no way out of the network" },
        [MISHAP_UDP_BLOCKED] = { "udp-blocked", NONE, "a firewall blocks UDP 5684" },
        [MISHAP_BAD_KEYS] = { "bad-keys", NONE, "the cloud does not know the device's key" },
        [MISHAP_RESUMED_SESSION] = { "resumed-session", NONE,
                                     "was online before: resumes, and the claim code stays unsent" },
        [MISHAP_LOW_POWER] = { "low-power", NONE, "battery almost empty, no other supply" },
        [MISHAP_REBOOTING] = { "rebooting", NUMBER, "resets N ms after each start" },
};

static int parse_number(const char *text, const char *stop, unsigned long max, unsigned long *ret)
{
        char *end;

        errno = 0;
        *ret = strtoul(text, &end, 10);
        return errno || end == text || end != stop || *text == '-' || *ret > max ? -EINVAL : 0;
}

static int parse_option(struct mishap *m, const char *text, size_t len)
{
        unsigned long v;

        if (len == 5 && strncmp(text, "after", 5) == 0 && m->kind == MISHAP_DROP_AT_REQUEST) {
                m->after = true;
                return 0;
        }
        if (len == 6 && strncmp(text, "before", 6) == 0 && m->kind == MISHAP_DROP_AT_REQUEST)
                return 0;
        if (len <= 6 || strncmp(text, "times=", 6) != 0 ||
            parse_number(text + 6, text + len, UINT_MAX, &v) < 0 || v == 0)
                return -EINVAL;
        m->times = (unsigned)v;
        return 0;
}

static int parse_argument(struct mishap *m, const char *text, const char *end)
{
        const char *colon = memchr(text, ':', (size_t)(end - text));
        enum argument kind = rows[m->kind].argument;
        unsigned long v;

        if (kind == REQUEST_RESULT) {
                if (!colon || colon[1] != '-' || parse_number(colon + 2, end, 9999, &v) < 0)
                        return -EINVAL;
                m->result = -(int32_t)v;
                end = colon;
        }
        if (parse_number(text, end, kind == NUMBER ? UINT32_MAX : UINT16_MAX, &v) < 0)
                return -EINVAL;
        m->arg = (uint32_t)v;
        return 0;
}

int mishap_parse(const char *text, const char **ret_why, struct mishap *ret)
{
        size_t name = strcspn(text, "=,"), len;
        struct mishap m = { .kind = _MISHAP_MAX };
        const char *p = text + name;

        for (int i = 0; i < _MISHAP_MAX; i++)
                if (strlen(rows[i].name) == name && strncmp(rows[i].name, text, name) == 0)
                        m.kind = (enum mishap_kind)i;
        if (m.kind == _MISHAP_MAX) {
                *ret_why = "there is no such fault";
                return -ENOENT;
        }
        if ((*p == '=') != (rows[m.kind].argument != NONE)) {
                *ret_why = *p == '=' ? "this fault takes no argument" : "this fault needs an argument";
                return -EINVAL;
        }
        if (*p == '=') {
                len = strcspn(++p, ",");
                if (parse_argument(&m, p, p + len) < 0) {
                        *ret_why =
                                rows[m.kind].argument == REQUEST_RESULT
                                        ? "the argument is a request's number, a colon and a code: 500:-1200"
                                        : "the argument is a number";
                        return -EINVAL;
                }
                p += len;
        }
        while (*p == ',') {
                len = strcspn(++p, ",");
                if (parse_option(&m, p, len) < 0) {
                        *ret_why = "options are times=K and, for drop-at-request, before or after";
                        return -EINVAL;
                }
                p += len;
        }
        *ret = m;
        return 0;
}

const char *mishap_describe(size_t i, const char **ret_arg, const char **ret_summary)
{
        static const char *const args[] = {
                [NONE] = NULL, [NUMBER] = "N", [REQUEST] = "TYPE", [REQUEST_RESULT] = "TYPE:CODE"
        };

        if (i >= _MISHAP_MAX)
                return NULL;
        *ret_arg = args[rows[i].argument];
        *ret_summary = rows[i].summary;
        return rows[i].name;
}
