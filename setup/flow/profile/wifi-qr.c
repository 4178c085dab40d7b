/* SPDX-License-Identifier: Apache-2.0 */

/* The text of the QR codes that routers and phones show: WIFI:T:WPA;S:name;P:password;H:true;; in any order,
 * with a backslash in front of what would end a value. The password goes straight into guarded memory. */

#include "setup/flow/profile/wifi.h"
#include <errno.h>
#include <string.h>

enum { VALUE_MAX = 64, TEXT_MAX = 512 };

struct field {
        char key; /* 0: none of ours, and no value is kept */
        char value[VALUE_MAX + 1];
        size_t len;
};

struct cursor {
        const char *at, *end;
};

/* The part in front of the ':'. Codes of later times may say more, under keys of any length. */
static int next_key(struct cursor *c, struct field *ret)
{
        const char *colon = memchr(c->at, ':', (size_t)(c->end - c->at));

        if (!colon || memchr(c->at, ';', (size_t)(colon - c->at)))
                return -EINVAL;
        *ret = (struct field){ .key = colon - c->at == 1 ? (char)(c->at[0] & ~('a' - 'A')) : 0 };
        if (ret->key && !strchr("TSPH", ret->key))
                ret->key = 0;
        c->at = colon + 1;
        return 0;
}

/* 1: a field; 0: the end; -EINVAL. */
static int next_field(struct cursor *c, struct field *ret)
{
        while (c->at < c->end && (*c->at == ';' || *c->at == ' '))
                c->at++;
        if (c->at == c->end)
                return 0;
        if (next_key(c, ret) < 0)
                return -EINVAL;
        for (; c->at < c->end && *c->at != ';'; c->at++) {
                if (*c->at == '\\' && ++c->at == c->end)
                        return -EINVAL;
                if (ret->key && ret->len == VALUE_MAX)
                        return -EINVAL;
                if (ret->key)
                        ret->value[ret->len++] = *c->at;
        }
        return 1;
}

static bool is_quoted(const struct field *f)
{
        return f->len >= 2 && f->value[0] == '"' && f->value[f->len - 1] == '"';
}

/* What generators, routers and phones write; for WPA and WPA2 the device's own scan decides. */
static const struct {
        const char *word;
        int security;
} types[] = {
        { "", WIFI_OPEN },
        { "nopass", WIFI_OPEN },
        { "none", WIFI_OPEN },
        { "open", WIFI_OPEN },
        { "WEP", WIFI_WEP },
        { "WPA", WIFI_SECURITY_AUTO },
        { "WPA2", WIFI_SECURITY_AUTO },
        { "WPA-PSK", WIFI_SECURITY_AUTO },
        { "WPA2-PSK", WIFI_SECURITY_AUTO },
        { "WPA/WPA2", WIFI_SECURITY_AUTO },
        { "WPA/WPA2-PSK", WIFI_SECURITY_AUTO },
        { "WPA-PSK/WPA2-PSK", WIFI_SECURITY_AUTO },
        { "WPA2/WPA3", WIFI_SECURITY_AUTO },
        { "WPA/WPA2/WPA3", WIFI_SECURITY_AUTO },
        { "sae-mixed", WIFI_SECURITY_AUTO },
        { "SAE", WIFI_WPA3 },
        { "WPA3", WIFI_WPA3 },
        { "WPA3-SAE", WIFI_WPA3 },
        { "WPA3-PSK", WIFI_WPA3 },
};

static int take_type(const struct field *f, struct wifi_network *n, struct trouble *ret_trouble)
{
        for (size_t i = 0; i < ELEMENTSOF(types); i++)
                if (strcasecmp(f->value, types[i].word) == 0) {
                        n->security = types[i].security;
                        return 0;
                }
        return trouble_set(
                ret_trouble, FAULT_CONFIG,
                "the code is of a network with '%.20s': only networks with one password, or none, "
                "can be joined",
                f->value);
}

static bool is_true(const struct field *f)
{
        return strcasecmp(f->value, "true") == 0 || strcasecmp(f->value, "yes") == 0 ||
               strcmp(f->value, "1") == 0;
}

static int take_field(const struct field *f, struct wifi_network *n, struct trouble *ret_trouble)
{
        size_t quote = is_quoted(f) ? 1 : 0;

        switch (f->key) {
        case 'T': return take_type(f, n, ret_trouble);
        case 'S':
                n->ssid_len = f->len - 2 * quote;
                if (n->ssid_len > WIFI_SSID_MAX)
                        return trouble_set(ret_trouble, FAULT_CONFIG,
                                           "the network's name is longer than 32 bytes");
                memcpy(n->ssid, f->value + quote, n->ssid_len);
                return 0;
        case 'P':
                n->password = secret_free(n->password);
                return f->len > 2 * quote ? secret_new(f->value + quote, f->len - 2 * quote, &n->password)
                                          : 0;
        case 'H': n->hidden = is_true(f); return 0;
        default: return 0;
        }
}

int wifi_network_from_qr(const char *text, size_t len, struct wifi_network *ret, struct trouble *ret_trouble)
{
        struct wifi_network n = { .security = WIFI_OPEN };
        struct cursor c = { text + 5, text + len };
        struct field f;
        int e = 0;

        if (len < 5 || len > TEXT_MAX || strncasecmp(text, "WIFI:", 5) != 0)
                return trouble_set(ret_trouble, FAULT_CONFIG, "not the code of a Wi-Fi network");
        while (e >= 0) {
                e = next_field(&c, &f);
                if (e == 0)
                        break;
                e = e < 0 ? trouble_set(ret_trouble, FAULT_CONFIG,
                                        "the code of the Wi-Fi network is damaged")
                          : take_field(&f, &n, ret_trouble);
        }
        explicit_bzero(&f, sizeof(f));
        if (e >= 0 && n.security == WIFI_OPEN && n.password)
                n.security = WIFI_SECURITY_AUTO;
        if (e >= 0)
                e = wifi_network_check(&n, ret_trouble);
        if (e < 0) {
                wifi_network_done(&n);
                return e;
        }
        *ret = n;
        return 0;
}
