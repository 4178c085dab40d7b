/* SPDX-License-Identifier: Apache-2.0 */

/* Key id, nonce, ciphertext with its tag. The id of the key stands in front, so that a row tells which key
 * it needs; the nonce is random, which 24 bytes allow for any number of rows. */

#include "setup/store/seal.h"
#include "proto/base/file.h"
#include "setup/store/folder.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct seal {
        struct secret *key;
        uint8_t id[SEAL_KEY_ID_LEN];
};

enum {
        NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
        TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES
};
_Static_assert(SEAL_EXTRA == SEAL_KEY_ID_LEN + NONCE + TAG, "sizes of libsodium");
_Static_assert(STORE_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "sizes of libsodium");

int seal_new(const struct secret *key, struct seal **ret)
{
        struct seal *s;
        int r;

        if (!key || secret_len(key) != STORE_KEY_LEN)
                return -EINVAL;
        s = calloc(1, sizeof(*s));
        if (!s)
                return -ENOMEM;
        r = secret_new(secret_bytes(key), STORE_KEY_LEN, &s->key);
        if (r < 0) {
                free(s);
                return r;
        }
        (void)crypto_generichash(s->id, sizeof(s->id), (const uint8_t *)"usher store key", 15,
                                 secret_bytes(s->key), STORE_KEY_LEN);
        *ret = s;
        return 0;
}

struct seal *seal_free(struct seal *s)
{
        if (!s)
                return NULL;
        secret_free(s->key);
        free(s);
        return NULL;
}

const uint8_t *seal_key_id(const struct seal *s)
{
        return s->id;
}

int seal_close(const struct seal *s, const char *id, const struct secret *secret,
               uint8_t ret[static SEAL_MAX], size_t *ret_len)
{
        uint8_t *nonce = ret + SEAL_KEY_ID_LEN;
        unsigned long long len;

        if (secret_len(secret) > STORE_SECRET_MAX)
                return -EINVAL;
        memcpy(ret, s->id, SEAL_KEY_ID_LEN);
        randombytes_buf(nonce, NONCE);
        if (crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE, &len, secret_bytes(secret),
                                                       secret_len(secret), (const uint8_t *)id, strlen(id),
                                                       NULL, nonce, secret_bytes(s->key)) != 0)
                return -EIO;
        *ret_len = SEAL_KEY_ID_LEN + NONCE + (size_t)len;
        return 0;
}

int seal_open(const struct seal *s, const char *id, const void *sealed, size_t len, struct secret **ret)
{
        const uint8_t *nonce = (const uint8_t *)sealed + SEAL_KEY_ID_LEN;
        uint8_t plain[STORE_SECRET_MAX];
        unsigned long long n;
        int r;

        if (len < SEAL_EXTRA || len > SEAL_MAX || memcmp(sealed, s->id, SEAL_KEY_ID_LEN) != 0 ||
            crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &n, NULL, nonce + NONCE,
                                                       len - SEAL_KEY_ID_LEN - NONCE, (const uint8_t *)id,
                                                       strlen(id), nonce, secret_bytes(s->key)) != 0)
                return -EBADMSG;
        r = secret_new(plain, (size_t)n, ret);
        sodium_memzero(plain, sizeof(plain));
        return r;
}

static int key_trouble(const char *path, const char *words, struct trouble *ret_trouble)
{
        return trouble_set(ret_trouble, FAULT_STORE, "key file %s: %s", path, words);
}

/* Written whole under another name first: half a key would seal what nothing opens again. */
static int make(const char *path, struct trouble *ret_trouble)
{
        _cleanup_(secret_freep) struct secret *key = NULL;
        _cleanup_(closep) int fd = -1;
        char *name = NULL;
        uint8_t bytes[STORE_KEY_LEN];
        int r;

        if (asprintf(&name, "%s.new", path) < 0)
                return -ENOMEM;
        randombytes_buf(bytes, sizeof(bytes));
        r = secret_new(bytes, sizeof(bytes), &key);
        sodium_memzero(bytes, sizeof(bytes));
        if (r >= 0)
                r = fd = file_open_kept(name, O_WRONLY | O_CREAT | O_TRUNC);
        if (r >= 0)
                r = file_write(fd, secret_bytes(key), STORE_KEY_LEN);
        if (r >= 0 && (fsync(fd) < 0 || link(name, path) < 0))
                r = errno == EEXIST ? 0 : -errno;
        if (r >= 0)
                r = folder_sync(path);
        (void)unlink(name);
        free(name);
        return r < 0 ? key_trouble(path, file_words(r), ret_trouble) : 0;
}

/* Not by secret_read(), which takes a last line feed for the end of a line. */
static int read_key(const char *path, struct secret **ret, struct trouble *ret_trouble)
{
        _cleanup_(closep) int fd = file_open_kept(path, O_RDONLY);
        uint8_t bytes[STORE_KEY_LEN + 1];
        struct stat st;
        size_t len = 0;
        int r = fd < 0 ? fd : fstat(fd, &st) < 0 ? -errno : 0;

        if (r >= 0 && (st.st_mode & 007))
                return key_trouble(path, "others may read it: chmod o-rwx", ret_trouble);
        if (r >= 0)
                r = file_read_all(fd, bytes, sizeof(bytes), &len);
        if (r < 0)
                return key_trouble(path, file_words(r), ret_trouble);
        if (len != STORE_KEY_LEN)
                return key_trouble(path, "it is no key of 32 bytes", ret_trouble);
        r = secret_new(bytes, STORE_KEY_LEN, ret);
        sodium_memzero(bytes, sizeof(bytes));
        return r;
}

int store_key_file(const char *path, struct secret **ret, struct trouble *ret_trouble)
{
        int r;

        *ret_trouble = (struct trouble){ 0 };
        r = secret_init();
        if (r >= 0 && access(path, F_OK) < 0 && errno == ENOENT)
                r = make(path, ret_trouble);
        return r < 0 ? r : read_key(path, ret, ret_trouble);
}
