/* SPDX-License-Identifier: Apache-2.0 */

/* The text of the QR codes that routers and phones show: WIFI:T:WPA;S:name;P:password;H:true;; in any order,
 * with a backslash in front of what would end a value. The password goes straight into guarded memory. */

#include "setup/flow/profile/wifi.h"
#include <errno.h>
#include <string.h>

enum { VALUE_MAX = 64, TEXT_MAX = 512 };

struct field {
        char key;
        char value[VALUE_MAX + 1];
        size_t len;
};

struct cursor {
        const char *at, *end;
};

/* 1: a field; 0: the end; -EINVAL. */
static int next_field(struct cursor *c, struct field *ret)
{
        while (c->at < c->end && *c->at == ';')
                c->at++;
        if (c->at == c->end)
                return 0;
        if (c->end - c->at < 2 || c->at[1] != ':')
                return -EINVAL;
        ret->key = c->at[0];
        ret->len = 0;
        for (c->at += 2; c->at < c->end && *c->at != ';'; c->at++) {
                if (*c->at == '\\' && ++c->at == c->end)
                        return -EINVAL;
                if (ret->len == VALUE_MAX)
                        return -EINVAL;
                ret->value[ret->len++] = *c->at;
        }
        ret->value[ret->len] = 0;
        return 1;
}

static bool is_quoted(const struct field *f)
{
        return f->len >= 2 && f->value[0] == '"' && f->value[f->len - 1] == '"';
}

static int take_type(const struct field *f, struct wifi_network *n, struct trouble *ret_trouble)
{
        if (f->len == 0 || strcmp(f->value, "nopass") == 0)
                n->security = WIFI_OPEN;
        else if (strcmp(f->value, "WEP") == 0)
                n->security = WIFI_WEP;
        else if (strcmp(f->value, "SAE") == 0)
                n->security = WIFI_WPA3;
        else if (strcmp(f->value, "WPA") == 0 || strcmp(f->value, "WPA2") == 0)
                n->security = WIFI_SECURITY_AUTO; /* the code says WPA for every kind of it */
        else
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "the code is of a network with '%.20s': only networks with one "
                                   "password, or none, can be joined",
                                   f->value);
        return 0;
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
        case 'H': n->hidden = strcmp(f->value, "true") == 0; return 0;
        default: return 0; /* codes of later times may say more */
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
