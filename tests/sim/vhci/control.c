/* SPDX-License-Identifier: Apache-2.0 */

/* Faults by name: one table of verbs with what they take and what they set. */

#include "tests/sim/vhci/control.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct verb {
        const char *name;
        const char *arguments; /* for help */
        size_t min, max;       /* how many */
        int (*run)(struct controller *c, struct peripheral *p, char *const *argument, size_t n);

        /* without run: a field of struct peripheral_faults that takes 0..high */
        size_t offset, size;
        long high;
};

static int number(const char *s, long low, long high, long *ret)
{
        char *end;
        long v;

        errno = 0;
        v = strtol(s, &end, 0);
        if (errno || end == s || *end || v < low || v > high)
                return -EINVAL;
        *ret = v;
        return 0;
}

/* verbs */
static int set_hidden(struct controller *c, struct peripheral *p, char *const *a, size_t n)
{
        long v;

        (void)n;
        if (number(a[0], 0, 1, &v) < 0)
                return -EINVAL;
        p->faults.hidden = v;
        if (v) /* its radio is gone: the link dies when the controller has missed it for long enough */
                peripheral_doom(p, p->supervision_ms, HCI_CONNECTION_TIMEOUT);
        else
                p->reported = false;
        controller_adverts_changed(c);
        return 0;
}

static int set_connect(struct controller *c, struct peripheral *p, char *const *a, size_t n)
{
        static const char *const modes[] = { "works", "hangs", "dies" };
        long count = 0;

        if (n > 1 && number(a[1], 0, 1000, &count) < 0)
                return -EINVAL;
        for (size_t i = 0; i < ELEMENTSOF(modes); i++)
                if (strcmp(a[0], modes[i]) == 0) {
                        p->faults.connect = (enum connect_fault)i;
                        p->faults.connect_count = (unsigned)count;
                        controller_adverts_changed(c);
                        return 0;
                }
        return -EINVAL;
}

static int drop(struct controller *c, struct peripheral *p, char *const *a, size_t n)
{
        long reason = HCI_CONNECTION_TIMEOUT;

        (void)c;
        if (n > 0 && number(a[0], 1, 255, &reason) < 0)
                return -EINVAL;
        peripheral_doom(p, 0, (uint8_t)reason);
        return 0;
}

static int set_drop_after(struct controller *c, struct peripheral *p, char *const *a, size_t n)
{
        long bytes, reason = 0;

        (void)c;
        if (number(a[0], 0, 1000000, &bytes) < 0 || (n > 1 && number(a[1], 1, 255, &reason) < 0))
                return -EINVAL;
        p->faults.drop_after = (unsigned)bytes;
        p->faults.drop_reason = (uint8_t)reason;
        return 0;
}

static int set_loss(struct controller *c, struct peripheral *p, char *const *a, size_t n)
{
        long v;

        (void)c;
        (void)n;
        if (number(a[0], 0, 95, &v) < 0)
                return -EINVAL;
        p->faults.loss_percent = (unsigned)v;
        if (p->link)
                air_link_set_loss(p->link, (unsigned)v);
        return 0;
}

static int set_mtu(struct controller *c, struct peripheral *p, char *const *a, size_t n)
{
        long v;

        (void)c;
        (void)n;
        if (number(a[0], ATT_MTU_MIN, ATT_MTU_MAX, &v) < 0)
                return -EINVAL;
        p->att.max_mtu = (unsigned)v;
        return 0;
}

static int set_rssi(struct controller *c, struct peripheral *p, char *const *a, size_t n)
{
        long v;

        (void)c;
        (void)n;
        if (number(a[0], -127, 20, &v) < 0)
                return -EINVAL;
        p->config.rssi = (int8_t)v;
        p->reported = false;
        return 0;
}

static int set_layout(struct controller *c, struct peripheral *p, char *const *a, size_t n)
{
        static const char *const layouts[] = { "plain", "shifted", "other" };
        const struct att old = p->att;

        (void)c;
        (void)n;
        if (p->link)
                return -EBUSY;
        for (size_t i = 0; i < ELEMENTSOF(layouts); i++)
                if (strcmp(a[0], layouts[i]) == 0) {
                        att_init(&p->att, p->config.name, &att_uuids_listening, (enum att_layout)i,
                                 old.max_mtu, old.ops, old.userdata);
                        return 0;
                }
        return -EINVAL;
}

static int set_full(struct controller *c, struct peripheral *p, char *const *a, size_t n)
{
        long v;

        (void)p;
        (void)n;
        if (number(a[0], 0, 1, &v) < 0)
                return -EINVAL;
        controller_set_full(c, v);
        return 0;
}

#define FAULT(field)                                                                                        \
        offsetof(struct peripheral_faults, field), sizeof(((struct peripheral_faults *)NULL)->field)

static const struct verb verbs[] = {
        { "hide", "0|1", 1, 1, .run = set_hidden },
        { "connect", "works|hangs|dies [COUNT]", 1, 2, .run = set_connect },
        { "drop", "[REASON]", 0, 1, .run = drop },
        { "drop-after", "BYTES [REASON]", 1, 2, .run = set_drop_after },
        { "silent", "0|1", 1, 1, NULL, FAULT(silent), 1 },
        { "delay", "MS", 1, 1, NULL, FAULT(delay_ms), 60000 },
        { "loss", "PERCENT", 1, 1, .run = set_loss },
        { "lose", "NOTIFICATIONS", 1, 1, NULL, FAULT(lose_values), 1000 },
        { "mtu", "BYTES", 1, 1, .run = set_mtu },
        { "rssi", "DBM", 1, 1, .run = set_rssi },
        { "no-response", "0|1", 1, 1, NULL, FAULT(no_scan_response), 1 },
        { "layout", "plain|shifted|other", 1, 1, .run = set_layout },
        { "full", "0|1", 1, 1, .run = set_full },
};

static int store(struct peripheral *p, const struct verb *v, const char *argument)
{
        char *field = (char *)&p->faults + v->offset;
        long n;

        if (number(argument, 0, v->high, &n) < 0)
                return -EINVAL;
        if (v->size == sizeof(bool))
                *(bool *)field = n;
        else
                *(unsigned *)field = (unsigned)n;
        return 0;
}

static void help(char *reply)
{
        size_t len = (size_t)snprintf(reply, CONTROL_REPLY_MAX, "ok");

        for (size_t i = 0; i < ELEMENTSOF(verbs) && len < CONTROL_REPLY_MAX; i++)
                len += (size_t)snprintf(reply + len, CONTROL_REPLY_MAX - len, "%s NAME %s %s", i ? "," : "",
                                        verbs[i].name, verbs[i].arguments);
}

static void facts(struct controller *c, char *reply)
{
        struct controller_facts f;
        struct peripheral *p;
        size_t len;

        controller_facts(c, &f);
        len = (size_t)snprintf(
                reply, CONTROL_REPLY_MAX,
                "ok scans=%u connects=%u cancels=%u links=%u unknown=%u scanning=%d initiating=%d", f.scans,
                f.connects, f.cancels, f.links, f.unknown_commands, f.scanning, f.initiating);
        for (size_t i = 0; (p = controller_at(c, i)) && len < CONTROL_REPLY_MAX; i++)
                len += (size_t)snprintf(reply + len, CONTROL_REPLY_MAX - len, " %s=%s", p->config.name,
                                        p->link          ? "connected"
                                        : p->advertising ? "advertising"
                                                         : "quiet");
}

static size_t split(char *line, char **word, size_t max)
{
        size_t n = 0;
        char *save, *w = strtok_r(line, " \t\r\n", &save);

        for (; w && n < max; w = strtok_r(NULL, " \t\r\n", &save))
                word[n++] = w;
        return w ? 0 : n;
}

static void run_verb(struct controller *c, const struct verb *v, char *const *word, size_t n, char *reply)
{
        struct peripheral *p;
        bool any = false;
        int r = 0;

        if (n < v->min || n > v->max) {
                (void)snprintf(reply, CONTROL_REPLY_MAX, "error: %s takes %s", v->name, v->arguments);
                return;
        }
        for (size_t i = 0; r >= 0 && (p = controller_at(c, i)); i++) {
                if (strcmp(word[0], "*") != 0 && strcmp(word[0], p->config.name) != 0)
                        continue;
                any = true;
                r = v->run ? v->run(c, p, word + 2, n) : store(p, v, word[2]);
        }
        if (!any)
                (void)snprintf(reply, CONTROL_REPLY_MAX, "error: there is no device %s", word[0]);
        else if (r < 0)
                (void)snprintf(reply, CONTROL_REPLY_MAX, "error: %s takes %s: %s", v->name, v->arguments,
                               strerror(-r));
        else
                (void)snprintf(reply, CONTROL_REPLY_MAX, "ok");
}

void control_run(struct controller *c, const char *line, char reply[static CONTROL_REPLY_MAX])
{
        char copy[CONTROL_LINE_MAX], *word[5];
        size_t n;

        if (strlen(line) >= sizeof(copy)) {
                (void)snprintf(reply, CONTROL_REPLY_MAX, "error: the line is too long");
                return;
        }
        memcpy(copy, line, strlen(line) + 1);
        n = split(copy, word, ELEMENTSOF(word));
        if (n == 1 && strcmp(word[0], "help") == 0) {
                help(reply);
                return;
        }
        if (n == 1 && strcmp(word[0], "facts") == 0) {
                facts(c, reply);
                return;
        }
        for (size_t i = 0; n >= 2 && i < ELEMENTSOF(verbs); i++)
                if (strcmp(verbs[i].name, word[1]) == 0) {
                        run_verb(c, &verbs[i], word, n - 2, reply);
                        return;
                }
        (void)snprintf(reply, CONTROL_REPLY_MAX, "error: NAME VERB [ARGUMENT]..., 'help' or 'facts'");
}
