/* SPDX-License-Identifier: Apache-2.0 */

/* Putting a backup into its place. All is done with a copy of the copy, under a name of its own, until it is
 * known to be whole; then names change. The WAL of the old database goes first: what stands in it must never
 * be read into the new one. */

#include "proto/base/file.h"
#include "setup/store/folder.h"
#include "setup/store/lock.h"
#include "setup/store/opening.h"
#include "setup/store/schema.h"
#include "setup/store/sql.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static int copy_file(const char *from, const char *to)
{
        _cleanup_(closep) int in = file_open_kept(from, O_RDONLY), out = -1;
        char piece[65536];
        ssize_t n;
        int r = 0;

        if (in < 0)
                return in;
        out = file_open_kept(to, O_WRONLY | O_CREAT | O_TRUNC);
        if (out < 0)
                return out;
        while (r >= 0 && (n = read(in, piece, sizeof(piece))) != 0)
                r = n < 0 ? -errno : file_write(out, piece, (size_t)n);
        return r < 0 ? r : fsync(out) < 0 ? -errno : 0;
}

static int look_at(struct base *b)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int64_t version, same;
        int r;

        r = schema_check(b, &version);
        if (r >= 0 && version == 0)
                r = -EMEDIUMTYPE; /* an empty file is no backup */
        if (r >= 0)
                r = sql_begin(b, "PRAGMA integrity_check(1)", &s, "");
        if (r >= 0)
                r = sql_row(b, s);
        if (r < 0)
                return r;
        if (r == 0 || strcmp((const char *)sqlite3_column_text(s, 0), "ok") != 0)
                return -EBADMSG;
        r = sql_number(b, &same, "SELECT key_id = ?1 FROM store", "b", seal_key_id(b->seal),
                       (size_t)SEAL_KEY_ID_LEN);
        return r == -ENODATA ? -EBADMSG : r < 0 ? r : same ? 0 : -EKEYREJECTED;
}

/* Nobody died of what was at work when the copy was made. */
static int check(const struct store_config *config, const char *path)
{
        _cleanup_(base_let_gop) struct base *b = NULL;
        int r;

        r = base_open_copy(config, path, &b);
        if (r >= 0)
                r = look_at(b);
        if (r >= 0)
                r = sql_run(b, "UPDATE store SET clean = 1", "");
        if (r >= 0)
                r = sql_do(b, "PRAGMA wal_checkpoint(TRUNCATE)");
        return r < 0 ? r : 0;
}

/* What stands in the WAL goes into the old database; if that cannot be opened, the WAL keeps it company. */
static int settle_old(const struct store_config *config, const char *before)
{
        _cleanup_(freep) char *wal = NULL;
        char *aside = NULL;
        struct base *b = NULL;
        int r;

        if (access(config->path, F_OK) < 0)
                return 0;
        if (asprintf(&wal, "%s-wal", config->path) < 0)
                return -ENOMEM;
        if (base_open_copy(config, config->path, &b) >= 0)
                (void)sql_do(b, "PRAGMA wal_checkpoint(TRUNCATE)");
        base_let_go(b);
        if (access(wal, F_OK) < 0)
                return 0;
        if (asprintf(&aside, "%s-wal", before) < 0)
                return -ENOMEM;
        r = rename(wal, aside) < 0 ? -errno : 0;
        free(aside);
        return r;
}

static int change_names(const struct store_config *config, const char *fresh, const char *before)
{
        int r = settle_old(config, before);

        if (r < 0)
                return r;
        if (unlink(before) < 0 && errno != ENOENT)
                return -errno;
        if (link(config->path, before) < 0 && errno != ENOENT)
                return -errno;
        if (rename(fresh, config->path) < 0)
                return -errno;
        return folder_sync(config->path);
}

static void remove_leftovers(const char *fresh)
{
        _cleanup_(freep) char *wal = NULL;

        (void)unlink(fresh);
        if (asprintf(&wal, "%s-wal", fresh) >= 0)
                (void)unlink(wal);
}

int store_restore(const struct store_config *config, const char *copy, struct trouble *ret_trouble)
{
        _cleanup_(freep) char *fresh = NULL;
        _cleanup_(freep) char *before = NULL;
        _cleanup_(closep) int lock = -1;
        int r;

        *ret_trouble = (struct trouble){ 0 };
        if (asprintf(&fresh, "%s.restoring", config->path) < 0)
                return -ENOMEM;
        if (asprintf(&before, "%s.before", config->path) < 0)
                return -ENOMEM;
        lock = lock_take(config->path, ret_trouble);
        if (lock < 0)
                return base_complain(config->path, lock, ret_trouble);
        r = copy_file(copy, fresh);
        if (r >= 0)
                r = check(config, fresh);
        if (r < 0) {
                remove_leftovers(fresh);
                return base_complain(copy, r, ret_trouble);
        }
        r = change_names(config, fresh, before);
        remove_leftovers(fresh);
        return r < 0 ? base_complain(config->path, r, ret_trouble) : 0;
}
