/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a sticker says: serial number and mobile secret (device.md 2). Pure text rules; where
 * the text comes from (picture, camera, scanner, file) is the business of the other files of this folder. */

#include "proto/base/secret.h"
#include "proto/base/trouble.h"
#include <stdbool.h>

enum { LABEL_SERIAL_LEN = 15, LABEL_SECRET_LEN = 15, LABEL_SECRET_MIN = 12, LABEL_CODE_LEN = 6 };

enum label_symbology { LABEL_DATA_MATRIX = 1, LABEL_QR = 2 };

struct label {
        char serial[LABEL_SERIAL_LEN + 1]; /* upper case */
        struct secret *mobile_secret;      /* case kept; 12..15 characters, owned */
};

/* Parses `len` bytes as device.md 2.1 says: any run of white space between the two parts, trimmed at both
 * ends, an AIM prefix ("]d1") dropped. -ENOMEM; -EINVAL: one of the label faults, and in one sentence why,
 * with the model if the serial number tells it, never with the secret. */
int label_parse(const char *text, size_t len, struct label *ret, struct trouble *ret_trouble);

/* The same without a copy of the secret: where it stands in the text. For who has very many of them: each
 * copy is guarded memory. */
int label_look(const char *text, size_t len, char ret_serial[static LABEL_SERIAL_LEN + 1],
               const char **ret_secret, size_t *ret_secret_len, struct trouble *ret_trouble);

/* The same rules without keeping anything: FAULT_NONE or the label fault. For programs that only choose
 * between texts. */
enum fault label_check(const char *text, size_t len);

/* Whether it is a label that no further character could belong to: its secret has full length. */
bool label_is_whole(const char *text, size_t len);

/* One of its own, secret and all. -ENOMEM. */
int label_copy(const struct label *from, struct label *ret);

void label_done(struct label *l);

/* Whether it is the same sticker: serial number and mobile secret. */
bool label_equal(const struct label *a, const struct label *b);

/* Early stickers carry 12-14 characters; the cloud completes them (device.md 2.2). */
bool label_is_partial(const struct label *l);

/* Whether a person means this one: its serial number, or the last six characters of it, in any case. */
bool label_is_called(const struct label *l, const char *serial);

/* The BLE setup code: the last six characters of the serial number. */
const char *label_setup_code(const struct label *l);

/* Product name by serial prefix ("Argon"), or NULL: a hint only (device.md 2.4). *ret_platform_id 0 if
 * unknown. */
const char *label_model_hint(const struct label *l, unsigned *ret_platform_id);

/* What the device is sold as, by the same table: "BRN402"; NULL if the serial number does not tell. Only of
 * cellular devices: it says how fast their SIM cards are activated. */
const char *label_sku_hint(const struct label *l);
