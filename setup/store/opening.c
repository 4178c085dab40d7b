/* SPDX-License-Identifier: Apache-2.0 */

/* Opening and closing the database (service.md 0, 2.3). The exclusive lock is asked for before anything is
 * read: then the index of the WAL is in our own memory, and no second connection can ever write. */

#include "setup/store/opening.h"
#include "proto/base/file.h"
#include "setup/store/lock.h"
#include "setup/store/recover.h"
#include "setup/store/schema.h"
#include "setup/store/sql.h"
#include "setup/store/times.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { LOOK_THROUGH_PAGES = 16384 /* 64 MiB */ };

/* What it is is looked at before anything is changed: it may be another program's. */
static int set_up(struct base *b)
{
        int64_t version;
        int r;

        (void)sqlite3_db_config(b->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        r = sql_do(b, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF;"
                      "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;"
                      "PRAGMA foreign_keys = ON; PRAGMA cache_size = -2000");
        if (r >= 0)
                r = schema_check(b, &version);
        if (r >= 0)
                r = sql_do(b, "PRAGMA journal_mode = WAL");
        if (r >= 0)
                r = sql_do(b, "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304");
        return r;
}

/* The whole file is looked through for damage, as long as that is quick; in a larger one damage is told when
 * it is met. */
static int look_through(struct base *b)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int64_t pages;
        int r;

        r = sql_number(b, &pages, "PRAGMA page_count", "");
        if (r < 0 || pages > LOOK_THROUGH_PAGES)
                return r;
        r = sql_begin(b, "PRAGMA quick_check(1)", &s, "");
        if (r >= 0)
                r = sql_row(b, s);
        if (r <= 0)
                return r < 0 ? r : -EBADMSG;
        return strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0 ? 0 : -EBADMSG;
}

static int open_file(struct base *b, const char *vfs)
{
        _cleanup_(closep) int fd = file_open_kept(b->path, O_RDWR | O_CREAT);
        int rc;

        if (fd < 0)
                return fd == -EPERM ? -EACCES : fd;
        rc = sqlite3_open_v2(b->path, &b->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
        return rc == SQLITE_OK ? 0 : base_error(b, rc);
}

/* The state of things is looked at and set right in one transaction. */
static int begin_life(struct base *b)
{
        int64_t version;
        int r;

        r = sql_do(b, "BEGIN IMMEDIATE");
        if (r >= 0)
                r = schema_check(b, &version);
        if (r >= 0)
                r = schema_migrate(b, version);
        if (r >= 0)
                r = recover_all(b);
        if (r >= 0)
                r = sql_do(b, "COMMIT");
        if (r < 0 && b->db && !sqlite3_get_autocommit(b->db))
                (void)sql_do(b, "ROLLBACK");
        return r;
}

static int fill(struct base *b, const struct store_config *config)
{
        int r;

        b->path = strdup(config->path);
        b->gateway = strdup(config->gateway ? config->gateway : "");
        b->jobs_max = config->jobs_max ? config->jobs_max : STORE_JOBS_PRESET;
        if (!b->path || !b->gateway)
                return -ENOMEM;
        r = secret_init();
        return r < 0 ? r : seal_new(config->key, &b->seal);
}

int base_open_copy(const struct store_config *config, const char *path, struct base **ret)
{
        _cleanup_(base_let_gop) struct base *b = calloc(1, sizeof(*b));
        struct store_config copy = *config;
        int r;

        if (!b)
                return -ENOMEM;
        b->lock = -1;
        copy.path = path;
        r = fill(b, &copy);
        if (r >= 0)
                r = open_file(b, config->vfs);
        if (r >= 0)
                r = set_up(b);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(b);
        return 0;
}

static int open_ours(struct base *b, const struct store_config *config, struct trouble *ret_trouble)
{
        int r = b->lock = lock_take(config->path, ret_trouble);

        if (r >= 0)
                r = open_file(b, config->vfs);
        if (r >= 0)
                r = set_up(b);
        if (r >= 0)
                r = look_through(b);
        return r < 0 ? r : begin_life(b);
}

int base_open(const struct store_config *config, struct base **ret, struct trouble *ret_trouble)
{
        _cleanup_(base_let_gop) struct base *b = calloc(1, sizeof(*b));
        int r;

        if (!b)
                return -ENOMEM;
        b->lock = -1;
        r = fill(b, config);
        if (r < 0)
                return r;
        r = open_ours(b, config, ret_trouble);
        if (r < 0)
                return base_complain(config->path, r, ret_trouble);
        *ret = TAKE_PTR(b);
        return 0;
}

struct base *base_close(struct base *b)
{
        if (!b)
                return NULL;
        if (sql_do(b, "BEGIN IMMEDIATE") >= 0 &&
            (times_write(b, true) < 0 || sql_run(b, "UPDATE store SET clean = 1", "") < 0 ||
             sql_do(b, "COMMIT") < 0))
                (void)sql_do(b, "ROLLBACK");
        base_rest(b);
        return base_let_go(b);
}
