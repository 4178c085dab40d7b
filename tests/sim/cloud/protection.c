/* SPDX-License-Identifier: Apache-2.0 */

/* Lifting a device's protection for a while (cloud.md 4.2): the cloud's nonce goes through the client to the
 * device, what the device signs comes back here, and what the cloud signs then opens it. Shapes as the
 * official client sends and reads them; nothing is really signed, the virtual device does not look either.
 */

#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/products.h"
#include "tests/sim/cloud/routes.h"
#include <sodium.h>

enum { NONCE_LEN = 32, SIGNATURE_LEN = 71, BETWEEN_MS = 60000, TEXT_SIZE = 128 };

static void make_base64(size_t len, char ret[static TEXT_SIZE])
{
        uint8_t bytes[SIGNATURE_LEN];

        randombytes_buf(bytes, len);
        (void)sodium_bin2base64(ret, TEXT_SIZE, bytes, len, sodium_base64_VARIANT_ORIGINAL);
}

/* Whether the call's field is base64 of so many bytes; 0: of any. */
static bool has_base64(const struct call *c, const char *name, size_t wanted)
{
        const char *text = call_text(c, name);
        uint8_t bytes[TEXT_SIZE];
        size_t len;

        return text &&
               sodium_base642bin(bytes, sizeof(bytes), text, strlen(text), NULL, &len, NULL,
                                 sodium_base64_VARIANT_ORIGINAL) == 0 &&
               (wanted ? len == wanted : len > 0);
}

static int prepare(struct call *c, json_t *device)
{
        char nonce[TEXT_SIZE];
        int r;

        make_base64(NONCE_LEN, nonce);
        r = rec_set_text(c->cloud, device, "unprotect_nonce", nonce);
        if (r == 0)
                r = rec_set_time(c->cloud, device, "unprotect_until", cloud_now_ms(c->cloud) + BETWEEN_MS);
        if (r < 0)
                return r;
        effect_tell(c->cloud, "unprotect-asked", device, NULL, true);
        return answer(c, 200, json_pack("{s:b,s:s}", "ok", 1, "server_nonce", nonce));
}

static int confirm(struct call *c, json_t *device)
{
        const char *nonce = rec_text(device, "unprotect_nonce");
        char signature[TEXT_SIZE], fingerprint[TEXT_SIZE];
        int r;

        if (!nonce || rec_time_ms(device, "unprotect_until") <= cloud_now_ms(c->cloud) ||
            strcmp(call_text(c, "server_nonce") ?: "", nonce) != 0 ||
            !has_base64(c, "device_nonce", NONCE_LEN) || !has_base64(c, "device_signature", 0) ||
            !has_base64(c, "device_public_key_fingerprint", NONCE_LEN))
                return refuse(c, SHAPE_UNPROTECT);
        r = rec_set_text(c->cloud, device, "unprotect_nonce", NULL);
        if (r < 0)
                return r;
        effect_tell(c->cloud, "unprotected", device, NULL, true);
        make_base64(SIGNATURE_LEN, signature);
        make_base64(NONCE_LEN, fingerprint);
        return answer(c, 200,
                      json_pack("{s:b,s:s,s:s}", "ok", 1, "server_signature", signature,
                                "server_public_key_fingerprint", fingerprint));
}

static int unprotect(struct call *c, json_t *device)
{
        const char *action = call_text(c, "action") ?: "";

        if (!rec_true(device, "protected"))
                return refuse(c, SHAPE_UNPROTECT);
        if (strcmp(action, "prepare") == 0)
                return prepare(c, device);
        return strcmp(action, "confirm") == 0 ? confirm(c, device) : refuse(c, SHAPE_UNPROTECT);
}

int device_unprotect(struct call *c)
{
        json_t *device = access_device(c, c->arg[0]);

        return device ? unprotect(c, device) : refuse(c, SHAPE_PERMISSION);
}

int member_unprotect(struct call *c)
{
        json_t *device;
        int r;

        device = product_member(c, &r);
        return device ? unprotect(c, device) : r;
}
