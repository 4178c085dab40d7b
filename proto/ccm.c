/* SPDX-License-Identifier: Apache-2.0 */

/* CCM over libcrypto's EVP. A context lives for one frame only, so that the expanded key never stays in
 * ordinary memory. */

#include "proto/ccm.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

DEFINE_CLEANUP(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_free)

/* `tag` NULL when sealing. */
static int start(EVP_CIPHER_CTX *ctx, const uint8_t *key, const uint8_t *nonce, const uint8_t *aad,
                 size_t aad_len, size_t len, uint8_t *tag)
{
        int enc = tag == NULL, n;

        if (len > INT_MAX || aad_len > INT_MAX)
                return -EMSGSIZE;
        if (EVP_CipherInit_ex(ctx, EVP_aes_128_ccm(), NULL, NULL, NULL, enc) != 1 ||
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, CCM_NONCE_LEN, NULL) != 1 ||
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, CCM_TAG_LEN, tag) != 1 ||
            EVP_CipherInit_ex(ctx, NULL, NULL, key, nonce, enc) != 1 ||
            EVP_CipherUpdate(ctx, NULL, &n, NULL, (int)len) != 1 ||
            EVP_CipherUpdate(ctx, NULL, &n, aad, (int)aad_len) != 1)
                return -EIO;
        return 0;
}

int ccm_seal(const uint8_t key[static CCM_KEY_LEN], const uint8_t nonce[static CCM_NONCE_LEN],
             const uint8_t *aad, size_t aad_len, const uint8_t *plain, size_t len, uint8_t *out)
{
        _cleanup_(EVP_CIPHER_CTX_freep) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
        int n, r;

        if (!ctx)
                return -ENOMEM;
        r = start(ctx, key, nonce, aad, aad_len, len, NULL);
        if (r < 0)
                return r;
        if (EVP_EncryptUpdate(ctx, out, &n, plain, (int)len) != 1 || n != (int)len ||
            EVP_EncryptFinal_ex(ctx, out + n, &n) != 1 ||
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, CCM_TAG_LEN, out + len) != 1)
                return -EIO;
        return 0;
}

int ccm_open(const uint8_t key[static CCM_KEY_LEN], const uint8_t nonce[static CCM_NONCE_LEN],
             const uint8_t *aad, size_t aad_len, const uint8_t *sealed, size_t len, uint8_t *out)
{
        _cleanup_(EVP_CIPHER_CTX_freep) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
        uint8_t tag[CCM_TAG_LEN];
        int n, r;

        if (!ctx)
                return -ENOMEM;
        memcpy(tag, sealed + len, sizeof(tag));
        r = start(ctx, key, nonce, aad, aad_len, len, tag);
        if (r < 0)
                return r;
        if (EVP_DecryptUpdate(ctx, out, &n, sealed, (int)len) != 1 || n != (int)len) {
                ERR_clear_error();
                sodium_memzero(out, len);
                return -EBADMSG;
        }
        return 0;
}
