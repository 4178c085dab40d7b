/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/cloud/basic.h"
#include <errno.h>
#include <sodium.h>
#include <strings.h>

void basic_done(struct basic *b)
{
        free(b->name);
        free(b->password);
        *b = (struct basic){ 0 };
}

int basic_read(const struct call *c, struct basic *ret)
{
        const char *value = call_header(c, "Authorization");
        unsigned char text[512];
        struct basic b;
        char *colon;
        size_t len;

        if (!value || strncasecmp(value, "Basic ", 6) != 0)
                return -ENOENT;
        if (sodium_base642bin(text, sizeof(text) - 1, value + 6, strlen(value + 6), " ", &len, NULL,
                              sodium_base64_VARIANT_ORIGINAL) < 0)
                return -ENOENT;
        text[len] = 0;
        colon = strchr((char *)text, ':');
        if (!colon)
                return -ENOENT;
        *colon = 0;
        b = (struct basic){ .name = strdup((char *)text), .password = strdup(colon + 1) };
        if (!b.name || !b.password) {
                basic_done(&b);
                return -ENOMEM;
        }
        *ret = b;
        return 0;
}
