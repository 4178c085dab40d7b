/* SPDX-License-Identifier: Apache-2.0 */

/* Keeping house: what ended long ago goes, and copies. */

#include "proto/base/file.h"
#include "setup/store/clock.h"
#include "setup/store/folder.h"
#include "setup/store/recover.h"
#include "setup/store/sql.h"
#include <errno.h>
#include <fcntl.h>

enum { PIECE = 500 };

struct prune {
        int64_t before_ms;
};

/* Counters first, then the same rows. */
static int delete_piece(struct base *b, int64_t before_ms)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int e, n = 0;

        e = sql_begin(
                b,
                "DELETE FROM job WHERE place IN (SELECT place FROM job INDEXED BY ended WHERE ended > 0 AND ended < ?1"
                " ORDER BY ended LIMIT ?2) RETURNING state",
                &s, "in", before_ms, (int)PIECE);
        while (e >= 0 && (e = sql_row(b, s)) > 0) {
                base_count(b, (enum store_state)sqlite3_column_int(s, 0), -1);
                n++;
        }
        if (n)
                base_wiped(b);
        return e < 0 ? e : n;
}

static int run_prune(struct base *b, const void *want, struct request *r)
{
        const struct prune *w = want;
        int n = recover_secrets(b);

        if (n >= 0)
                n = delete_piece(b, w->before_ms);
        if (n < 0)
                return n;
        r->answer.number += (unsigned)n; /* with those of earlier pieces */
        return n == PIECE ? REQUEST_AGAIN : 0;
}

int store_prune(struct store *s, int64_t before_ms, store_fn done, void *userdata, struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct prune *w;
        int e;

        e = request_new(run_prune, REQUEST_WRITES, sizeof(*w), &r, &w);
        if (e < 0)
                return e;
        w->before_ms = before_ms;
        return store_ask(s, &r, done, userdata, ret);
}

struct backup {
        const char *path;
};

/* The file is there before SQLite writes to it, for the sake of its mode; SQLite does not sync it. */
static int copy_into(struct base *b, const char *path)
{
        _cleanup_(closep) int fd = file_open_kept(path, O_RDWR | O_CREAT | O_EXCL);
        int e;

        if (fd < 0)
                return fd;
        e = sql_run(b, "VACUUM INTO ?1", "t", path);
        if (e >= 0)
                e = fsync(fd) < 0 ? -errno : folder_sync(path);
        if (e < 0)
                (void)unlink(path);
        return e < 0 ? e : 0;
}

static int run_backup(struct base *b, const void *want, struct request *r)
{
        const struct backup *w = want;
        int e = copy_into(b, w->path);

        if (e < 0)
                (void)base_complain(w->path, e, &r->answer.trouble);
        return e;
}

int store_backup(struct store *s, const char *path, store_fn done, void *userdata, struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct backup *w;
        int e;

        e = request_new(run_backup, REQUEST_ALONE, sizeof(*w), &r, &w);
        if (e >= 0)
                e = request_text(r, path, 4095, &w->path);
        return e < 0 ? e : store_ask(s, &r, done, userdata, ret);
}
