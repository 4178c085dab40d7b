/* SPDX-License-Identifier: Apache-2.0 */

/* What SQLite says in words of ours, and when the WAL is emptied: bytes of a secret that was wiped stand in
 * it until then, but doing so for each job would cost a slow disk more than the job's own writes. */

#include "setup/store/base.h"
#include "proto/base/file.h"
#include "setup/store/clock.h"
#include <errno.h>

enum { REST_MS = 2000, WIPE_MS = 30000 };

int base_error(struct base *b, int rc)
{
        int system = b->db ? sqlite3_system_errno(b->db) : 0;

        switch (rc & 0xff) {
        case SQLITE_FULL: return -ENOSPC;
        case SQLITE_READONLY: return -EROFS;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return -EBADMSG;
        case SQLITE_NOMEM: return -ENOMEM;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return -EBUSY;
        case SQLITE_PERM:
        case SQLITE_AUTH: return -EACCES;
        case SQLITE_CONSTRAINT: return -EEXIST;
        case SQLITE_CANTOPEN: return system == EROFS ? -EROFS : -EACCES;
        case SQLITE_IOERR:
                if (rc == SQLITE_IOERR_NOMEM)
                        return -ENOMEM;
                return system == ENOSPC || system == EDQUOT ? -ENOSPC : system == EROFS ? -EROFS : -EIO;
        default: return -EIO;
        }
}

static const char *words(int error)
{
        switch (-error) {
        case ENOSPC: return "the disk is full: make room on it";
        case EROFS: return "it cannot be written: the disk or the file is read-only";
        case EIO: return "the disk reports an error: look at its health and at the kernel's log";
        case EBADMSG: return "it is damaged: put it out of the way, or restore a backup";
        case EBUSY: return "another program has it open: close that one";
        case EACCES: return "it cannot be opened: look at the rights of the file and of its folder";
        case ENOTSUP: return "a newer usher has written it: install that one again, or use another file";
        case EMEDIUMTYPE: return "it is a database of another program: use another file";
        case EKEYREJECTED:
                return "its secrets are sealed with another key: give the key file that it was made with";
        default: return NULL;
        }
}

int base_trouble(const char *path, int error, struct trouble *ret_trouble)
{
        const char *why = words(error);

        return why ? trouble_set(ret_trouble, FAULT_STORE, "%s: %s", path, why) : error;
}

int base_complain(const char *path, int error, struct trouble *ret_trouble)
{
        if (error == -ENOMEM || error == -EINVAL)
                return error;
        if (base_trouble(path, error, ret_trouble) != -EINVAL)
                (void)trouble_set(ret_trouble, FAULT_STORE, "%s: %s", path, file_words(error));
        return -EINVAL;
}

void base_count(struct base *b, enum store_state state, int64_t n)
{
        b->counts.of[state] += (uint64_t)n;
}

const struct seal *base_seal(const struct base *b)
{
        return b->seal;
}

struct store_counts base_counts(const struct base *b)
{
        return b->counts;
}

struct base *base_let_go(struct base *b)
{
        if (!b)
                return NULL;
        for (size_t i = 0; i < BASE_STATEMENTS; i++)
                (void)sqlite3_finalize(b->kept[i].statement);
        (void)sqlite3_close(b->db);
        closep(&b->lock);
        seal_free(b->seal);
        free(b->path);
        free(b->gateway);
        free(b);
        return NULL;
}

unsigned base_rest_ms(const struct base *b)
{
        return b->wiped_ms ? REST_MS : 0;
}

void base_wiped(struct base *b)
{
        if (!b->wiped_ms)
                b->wiped_ms = clock_steady_ms();
}

void base_rest(struct base *b)
{
        b->wiped_ms = 0;
        (void)sqlite3_exec(b->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
}

/* After a batch, when it must not wait for quiet any longer. */
void base_after(struct base *b)
{
        if (b->bulk || (b->wiped_ms && clock_steady_ms() - b->wiped_ms > WIPE_MS))
                base_rest(b);
        b->bulk = false;
}
