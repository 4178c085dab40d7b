/* SPDX-License-Identifier: Apache-2.0 */

/* One table of keys per section; a key's row says which field it fills and how it is written. Tests change a
 * world's fields in place instead of writing files. */

#include "tests/sim/device/world.h"
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct world_path good_path = { .dhcp = true, .dns = true, .internet = true, .udp5684 = true };

static int world_new_empty(struct world **ret)
{
        struct world *w = calloc(1, sizeof(*w));

        if (!w)
                return -ENOMEM;
        w->ethernet.cable = true;
        w->ethernet.path = good_path;
        w->cellular.sim[1] = WORLD_SIM_OK;
        w->cellular.register_ms = 5000;
        w->cellular.rssi = -85;
        w->cellular.path = good_path;
        *ret = w;
        return 0;
}

static int add_network(struct world *w, struct world_network **ret)
{
        struct world_network *n;

        if (w->n_networks == WORLD_NETWORKS_MAX)
                return -E2BIG;
        n = reallocarray(w->network, w->n_networks + 1, sizeof(*n));
        if (!n)
                return -ENOMEM;
        w->network = n;
        n += w->n_networks;
        *n = (struct world_network){ .security = WORLD_OPEN, .rssi = -60, .channel = 6, .path = good_path };
        memcpy(n->bssid, (const uint8_t[]){ 0x02, 0x00, 0x5e, 0x10, 0x00, (uint8_t)(w->n_networks + 1) },
               sizeof(n->bssid));
        w->n_networks++;
        *ret = n;
        return 0;
}

/* Adds one access point with everything it leads to working. `password` may be NULL. */
static int world_add(struct world *w, const char *ssid, enum world_security security, const char *password,
                     struct world_network **ret)
{
        size_t len = strlen(ssid);
        struct world_network *n;
        int r;

        if (len == 0 || len > WORLD_SSID_MAX)
                return -EINVAL;
        r = add_network(w, &n);
        if (r < 0)
                return r;
        memcpy(n->ssid, ssid, len);
        n->ssid_len = len;
        n->security = security;
        if (password) {
                r = secret_new(password, strlen(password), &n->password);
                if (r < 0)
                        return r;
        }
        *ret = n;
        return 0;
}

int world_new(struct world **ret)
{
        _cleanup_(world_freep) struct world *w = NULL;
        struct world_network *n;
        int r;

        r = world_new_empty(&w);
        if (r < 0)
                return r;
        r = world_add(w, "usher-lab", WORLD_WPA2, "correct horse", &n);
        if (r < 0)
                return r;
        n->rssi = -48;
        *ret = TAKE_PTR(w);
        return 0;
}

struct world *world_free(struct world *w)
{
        if (!w)
                return NULL;
        for (size_t i = 0; i < w->n_networks; i++)
                secret_free(w->network[i].password);
        free(w->network);
        free(w);
        return NULL;
}

/* the file */

struct word {
        const char *text;
        int value;
};

static const struct word securities[] = {
        { "open", WORLD_OPEN },           { "wep", WORLD_WEP },   { "wpa", WORLD_WPA },
        { "wpa2", WORLD_WPA2 },           { "wpa3", WORLD_WPA3 }, { "wpa-wpa2", WORLD_WPA_WPA2 },
        { "wpa2-wpa3", WORLD_WPA2_WPA3 },
};

static const struct word sims[] = {
        { "none", WORLD_SIM_NONE },
        { "ok", WORLD_SIM_OK },
        { "refused", WORLD_SIM_REFUSED },
        { "error", WORLD_SIM_ERROR },
};

static const struct word flags[] = { { "yes", true }, { "no", false } };

static int word_value(const struct word *words, size_t n, const char *text, int *ret)
{
        for (size_t i = 0; i < n; i++)
                if (strcasecmp(words[i].text, text) == 0) {
                        *ret = words[i].value;
                        return 0;
                }
        return -EINVAL;
}

static int number(const char *text, long min, long max, long *ret)
{
        char *end;
        long v;

        errno = 0;
        v = strtol(text, &end, 10);
        if (errno || end == text || *end || v < min || v > max)
                return -EINVAL;
        *ret = v;
        return 0;
}

static int set_flag(const char *text, bool *ret)
{
        int v, r = word_value(flags, ELEMENTSOF(flags), text, &v);

        if (r == 0)
                *ret = v;
        return r;
}

/* -ENOENT: not a key of a path. */
static int set_path(struct world_path *p, const char *key, const char *value)
{
        if (strcmp(key, "dhcp") == 0)
                return set_flag(value, &p->dhcp);
        if (strcmp(key, "dns") == 0)
                return set_flag(value, &p->dns);
        if (strcmp(key, "internet") == 0)
                return set_flag(value, &p->internet);
        if (strcmp(key, "udp5684") == 0)
                return set_flag(value, &p->udp5684);
        return -ENOENT;
}

static int set_ssid_hex(struct world_network *n, const char *value)
{
        const char *end;

        if (sodium_hex2bin(n->ssid, sizeof(n->ssid), value, strlen(value), NULL, &n->ssid_len, &end) != 0 ||
            *end || n->ssid_len == 0)
                return -EINVAL;
        return 0;
}

static int set_network(struct world_network *n, const char *key, const char *value)
{
        size_t len = strlen(value);
        long v = 0;
        int s = 0, r;

        if (strcmp(key, "ssid") == 0) {
                if (len == 0 || len > sizeof(n->ssid))
                        return -EINVAL;
                memcpy(n->ssid, value, len);
                n->ssid_len = len;
                return 0;
        }
        if (strcmp(key, "ssid-hex") == 0)
                return set_ssid_hex(n, value);
        if (strcmp(key, "security") == 0) {
                r = word_value(securities, ELEMENTSOF(securities), value, &s);
                n->security = (enum world_security)s;
                return r;
        }
        if (strcmp(key, "password") == 0) {
                n->password = secret_free(n->password);
                return secret_new(value, len, &n->password);
        }
        if (strcmp(key, "rssi") == 0) {
                r = number(value, -120, 0, &v);
                n->rssi = (int)v;
                return r;
        }
        if (strcmp(key, "channel") == 0) {
                r = number(value, 1, 200, &v);
                n->channel = (int)v;
                return r;
        }
        if (strcmp(key, "hidden") == 0)
                return set_flag(value, &n->hidden);
        return set_path(&n->path, key, value);
}

static int set_ethernet(struct world *w, const char *key, const char *value)
{
        if (strcmp(key, "wing") == 0)
                return set_flag(value, &w->ethernet.wing);
        if (strcmp(key, "cable") == 0)
                return set_flag(value, &w->ethernet.cable);
        return set_path(&w->ethernet.path, key, value);
}

static int set_cellular(struct world *w, const char *key, const char *value)
{
        long v = 0;
        int s = 0, r;

        if (strcmp(key, "internal") == 0 || strcmp(key, "external") == 0) {
                r = word_value(sims, ELEMENTSOF(sims), value, &s);
                w->cellular.sim[*key == 'i' ? 1 : 2] = (enum world_sim)s;
                return r;
        }
        if (strcmp(key, "apn") == 0) {
                r = snprintf(w->cellular.apn, sizeof(w->cellular.apn), "%s", value);
                return r < (int)sizeof(w->cellular.apn) ? 0 : -EINVAL;
        }
        if (strcmp(key, "register-ms") == 0) {
                r = number(value, 0, INT_MAX, &v);
                w->cellular.register_ms = (uint32_t)v;
                return r;
        }
        if (strcmp(key, "rssi") == 0) {
                r = number(value, -140, 0, &v);
                w->cellular.rssi = (int)v;
                return r;
        }
        return set_path(&w->cellular.path, key, value);
}

static const char *const network_keys[] = { "security", "password", "rssi",     "channel", "hidden",
                                            "dhcp",     "dns",      "internet", "udp5684" };

struct reading {
        struct world *world;
        struct world_network *network; /* of the section that is being read */
        unsigned seen;                 /* its keys so far, as bits of network_keys */
        int result;
        char *why;
};

/* Values may be passwords: they never get into the text. */
static int refuse(struct reading *f, int r, const char *section, const char *key)
{
        f->result = r == -ENOENT || r == -EEXIST ? -EINVAL : r;
        if (r == -ENOENT) {
                if (asprintf(&f->why, "[%s] has no key '%s'", section, key) < 0)
                        f->why = NULL;
        } else if (r == -EEXIST) {
                if (asprintf(&f->why, "[%s] %s comes twice; begin each network with its ssid", section,
                             key) < 0)
                        f->why = NULL;
        } else if (asprintf(&f->why, "[%s] %s: the value cannot be used: %s", section, key, strerror(-r)) <
                   0) {
                f->why = NULL;
        }
        return 0;
}

/* Debian's libinih does not tell that a section begins again, so a network begins with its ssid, and a key
 * that comes twice shows where that was forgotten. */
static int network_key(struct reading *f, const char *key, const char *value)
{
        int r;

        if (!f->network || strncmp(key, "ssid", 4) == 0) {
                r = add_network(f->world, &f->network);
                if (r < 0)
                        return r;
                f->seen = 0;
        }
        for (unsigned i = 0; i < ELEMENTSOF(network_keys); i++) {
                if (strcmp(network_keys[i], key) != 0)
                        continue;
                if (f->seen & 1u << i)
                        return -EEXIST;
                f->seen |= 1u << i;
        }
        return set_network(f->network, key, value);
}

static int on_key(void *userdata, const char *section, const char *key, const char *value)
{
        struct reading *f = userdata;
        int r;

        if (f->result < 0)
                return 0;
        if (strcmp(section, "network") == 0)
                r = network_key(f, key, value);
        else if (strcmp(section, "ethernet") == 0)
                r = set_ethernet(f->world, key, value);
        else if (strcmp(section, "cellular") == 0)
                r = set_cellular(f->world, key, value);
        else
                r = -ENOENT;
        return r < 0 ? refuse(f, r, section, key) : 1;
}

static int check_networks(struct reading *f)
{
        for (size_t i = 0; i < f->world->n_networks; i++) {
                const struct world_network *n = &f->world->network[i];
                const char *wrong = NULL;

                if (n->ssid_len == 0)
                        wrong = "has no ssid; begin the section with it";
                else if (n->security == WORLD_OPEN && n->password)
                        wrong = "is open and has a password; give it a security";
                else if (n->security != WORLD_OPEN && !n->password)
                        wrong = "has no password";
                if (wrong) {
                        if (asprintf(&f->why, "[network] number %zu %s", i + 1, wrong) < 0)
                                f->why = NULL;
                        return -EINVAL;
                }
        }
        return 0;
}

static int finish(struct reading *f, int line, char **ret_why, struct world **ret)
{
        _cleanup_(freep) char *why = NULL;

        if (f->result == 0 && line == 0)
                f->result = check_networks(f);
        why = f->why;
        if (line > 0 && f->result == 0)
                f->result = -EINVAL;
        if (f->result < 0) {
                f->world = world_free(f->world);
                if (line <= 0)
                        *ret_why = TAKE_PTR(why);
                else if (asprintf(ret_why, "line %d: %s", line, why ? why : "not 'key = value'") < 0)
                        *ret_why = NULL;
                return f->result;
        }
        *ret = f->world;
        return 0;
}

int world_parse(const char *text, char **ret_why, struct world **ret)
{
        struct reading f = { 0 };
        int r = world_new_empty(&f.world);

        return r < 0 ? r : finish(&f, ini_parse_string(text, on_key, &f), ret_why, ret);
}

int world_load(const char *path, char **ret_why, struct world **ret)
{
        struct reading f = { 0 };
        int r, line;
        FILE *file;

        file = fopen(path, "re");
        if (!file) {
                *ret_why = NULL;
                return -errno;
        }
        r = world_new_empty(&f.world);
        line = r < 0 ? 0 : ini_parse_file(file, on_key, &f);
        (void)fclose(file);
        return r < 0 ? r : finish(&f, line, ret_why, ret);
}
