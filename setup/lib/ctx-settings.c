/* SPDX-License-Identifier: Apache-2.0 */

/* THE table of a context's settings, and its profile. What a value means is found where it is used; here
 * only what can be told from the text alone is refused. */

#include "proto/base/number.h"
#include "setup/doctor/probe.h"
#include "setup/flow/profile/keys.h"
#include "setup/flow/profile/read.h"
#include "setup/lib/ctx-private.h"
#include "setup/lib/profile-private.h"
#include <errno.h>
#include <string.h>

enum { TIMEOUT_MAX_S = 86400 };

enum setting_kind { IS_TEXT, IS_YES_NO, IS_SECONDS, IS_ADDRESS };

static const struct {
        const char *key;
        enum setting_kind kind;
} settings[_SETTING_MAX] = {
        [SETTING_RADIO] = { "radio", IS_TEXT },
        [SETTING_CLOUD] = { "cloud", IS_TEXT },
        [SETTING_CLOUD_CA] = { "cloud-ca", IS_TEXT },
        [SETTING_CLOUD_PROXY] = { "cloud-proxy", IS_TEXT },
        [SETTING_TOKEN_FILE] = { "token-file", IS_TEXT },
        [SETTING_SERIALS_FILE] = { "serials-file", IS_TEXT },
        [SETTING_NUMBERS_FILE] = { "numbers-file", IS_TEXT },
        [SETTING_FINISHED_FILE] = { "finished-file", IS_TEXT },
        [SETTING_SIGN_INS_FILE] = { "sign-ins-file", IS_TEXT },
        [SETTING_DEVICE_CLOUD] = { "device-cloud", IS_ADDRESS },
        [SETTING_TIMEOUT] = { "timeout-s", IS_SECONDS },
        [SETTING_INTERACTIVE] = { "interactive", IS_YES_NO },
        [SETTING_REPORT] = { "report", IS_YES_NO },
        [SETTING_LIBEXEC_FOLDER] = { "libexec-folder", IS_TEXT },
};

const char *ctx_text(const struct usher_ctx *c, enum setting s)
{
        return c->setting[s];
}

bool ctx_yes(const struct usher_ctx *c, enum setting s)
{
        return c->setting[s] && strcmp(c->setting[s], "yes") == 0;
}

unsigned ctx_number(const struct usher_ctx *c, enum setting s)
{
        unsigned n = 0;

        if (c->setting[s])
                (void)number_read(c->setting[s], 1, TIMEOUT_MAX_S, &n);
        return n;
}

static int check(struct usher_ctx *c, size_t i, const char *value)
{
        char host[PROBE_HOST_MAX + 1];
        uint16_t port;
        unsigned n;

        switch (settings[i].kind) {
        case IS_TEXT: return 0;
        case IS_YES_NO:
                if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
                        return 0;
                return trouble_set(&c->trouble, FAULT_CONFIG, "%s is yes or no", settings[i].key);
        case IS_ADDRESS:
                if (probe_address(value, host, &port) == 0)
                        return 0;
                return trouble_set(&c->trouble, FAULT_CONFIG, "%s is a name or address, a colon and a port",
                                   settings[i].key);
        case IS_SECONDS: break;
        }
        if (number_read(value, 1, TIMEOUT_MAX_S, &n) == 0)
                return 0;
        return trouble_set(&c->trouble, FAULT_CONFIG, "%s is a number from 1 to %d", settings[i].key,
                           TIMEOUT_MAX_S);
}

static int set(struct usher_ctx *c, size_t i, const char *value)
{
        char *copy = NULL;
        int r = value ? check(c, i, value) : 0;

        if (r < 0)
                return r;
        if (value) {
                copy = strdup(value);
                if (!copy)
                        return -ENOMEM;
        }
        free(c->setting[i]);
        c->setting[i] = copy;
        if (i == SETTING_TOKEN_FILE)
                token_done(&c->token);
        if (i == SETTING_LIBEXEC_FOLDER)
                c->decoder = decoder_free(c->decoder);
        return 0;
}

int usher_ctx_set(struct usher_ctx *c, const char *key, const char *value)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(c, &e);

        for (size_t i = 0; r == 0 && i < _SETTING_MAX; i++)
                if (strcmp(settings[i].key, key) == 0)
                        return set(c, i, value);
        return r < 0 ? r : -ENOENT;
}

/* ---- the profile ---- */

int profile_take(struct profile *p, const char *section, const char *key, const char *value,
                 struct trouble *ret_trouble)
{
        int r = profile_set(p, section, key, value, ret_trouble);

        if (r == 0)
                r = profile_read_secrets(p, ".", ret_trouble);
        return r == 0 || r == -ENOMEM ? r : -EINVAL;
}

int usher_ctx_load_profile(struct usher_ctx *c, const char *path)
{
        _cleanup_(ctx_leave) struct entry e;
        struct profile p = {};
        char *copy;
        int r = ctx_enter(c, &e);

        if (r == 0 && path)
                r = profile_load(path, &p, &c->trouble);
        if (r < 0)
                return r == -ENOMEM || !e.ctx ? r : -EINVAL;
        copy = path ? strdup(path) : NULL;
        if (path && !copy) {
                profile_done(&p);
                return -ENOMEM;
        }
        free(c->profile_path);
        c->profile_path = copy;
        profile_done(&c->profile);
        c->profile = p;
        c->answered = false;
        return 0;
}

int usher_ctx_set_profile(struct usher_ctx *c, const char *section, const char *key, const char *value)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(c, &e);

        if (r == 0)
                r = profile_take(&c->profile, section, key, value, &c->trouble);
        if (r == 0 && strcmp(profile_section(section), "wifi") == 0)
                c->answered = false;
        return r;
}

int usher_ctx_set_profile_secret(struct usher_ctx *c, const char *section, const char *key,
                                 const void *secret, size_t len)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(c, &e);

        return r < 0 ? r : profile_set_secret(&c->profile, section, key, secret, len, &c->trouble);
}

int usher_ctx_drop_networks(struct usher_ctx *c)
{
        if (!ctx_is_ours(c))
                return -ECHILD;
        profile_drop_networks(&c->profile);
        c->answered = false;
        return 0;
}
