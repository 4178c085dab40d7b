/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* AES-128-CCM as the session uses it: 12-byte nonce, 8-byte tag (device.md 0). */

#include <stddef.h>
#include <stdint.h>

enum { CCM_KEY_LEN = 16, CCM_NONCE_LEN = 12, CCM_TAG_LEN = 8 };

/* Writes `len` encrypted bytes and the tag to `out` (len + CCM_TAG_LEN bytes); in place is allowed. -EIO if
 * libcrypto fails, -ENOMEM. */
int ccm_seal(const uint8_t key[static CCM_KEY_LEN], const uint8_t nonce[static CCM_NONCE_LEN],
             const uint8_t *aad, size_t aad_len, const uint8_t *plain, size_t len, uint8_t *out);

/* Takes `len` encrypted bytes with the tag behind them, writes `len` bytes to `out`. -EBADMSG if they do not
 * authenticate: `out` then holds zeros. */
int ccm_open(const uint8_t key[static CCM_KEY_LEN], const uint8_t nonce[static CCM_NONCE_LEN],
             const uint8_t *aad, size_t aad_len, const uint8_t *sealed, size_t len, uint8_t *out);
