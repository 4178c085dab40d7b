/* SPDX-License-Identifier: Apache-2.0 */

/* One text a version, which makes it of the version before: released ones never change, a new one is added
 * behind. Indexes are partial where they can be: a job that has ended costs the claims nothing. States are
 * numbers of enum store_state, live is 0 to 4.
 *
 * `ready` and `again` hold what may be claimed at once, in the order in which it is; a job that waits for a
 * time is in `due` until then. Places and numbers of events are never given twice (AUTOINCREMENT): pages and
 * readers of events go by them. */

#include "setup/store/schema.h"
#include "setup/store/sql.h"
#include <errno.h>
#include <stdio.h>

static const char *const versions[SCHEMA_VERSION] = {
        "CREATE TABLE store (id INTEGER PRIMARY KEY CHECK (id = 1), key_id BLOB NOT NULL, boot TEXT NOT NULL DEFAULT '',"
        " clean INTEGER NOT NULL DEFAULT 1, time INTEGER NOT NULL DEFAULT 0, imported INTEGER NOT NULL DEFAULT 0);"

        "CREATE TABLE job (place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT,"
        " serial TEXT NOT NULL, code TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,"
        " radio_done INTEGER NOT NULL DEFAULT 0, epoch INTEGER NOT NULL DEFAULT 0, attempt INTEGER NOT NULL DEFAULT 0,"
        " interruptions INTEGER NOT NULL DEFAULT 0, interrupted_at TEXT NOT NULL DEFAULT '',"
        " priority INTEGER NOT NULL, secret BLOB, secret_gone INTEGER NOT NULL DEFAULT 0,"
        " secret_until INTEGER NOT NULL DEFAULT 0, cancel_asked INTEGER NOT NULL DEFAULT 0,"
        " submitter TEXT NOT NULL, profile TEXT NOT NULL, revision TEXT NOT NULL, options TEXT, record TEXT,"
        " question TEXT, step TEXT NOT NULL DEFAULT '', fault TEXT NOT NULL DEFAULT '', cause TEXT NOT NULL DEFAULT '',"
        " gateway TEXT NOT NULL DEFAULT '', created INTEGER NOT NULL, started INTEGER NOT NULL DEFAULT 0,"
        " ended INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0, lease INTEGER NOT NULL DEFAULT 0,"
        " question_until INTEGER NOT NULL DEFAULT 0, events INTEGER NOT NULL DEFAULT 0);"
        "CREATE UNIQUE INDEX live ON job (serial) WHERE state <= 4;"
        "CREATE UNIQUE INDEX asked_once ON job (key) WHERE key IS NOT NULL;"
        "CREATE INDEX by_state ON job (state, place);"
        "CREATE INDEX ready ON job (priority, submitter, place) WHERE state = 0 AND not_before = 0;"
        "CREATE INDEX again ON job (priority, submitter, place) WHERE state = 4 AND not_before = 0;"
        "CREATE INDEX heard ON job (code) WHERE state = 0;"
        "CREATE INDEX due ON job (not_before) WHERE not_before > 0;"
        "CREATE INDEX leased ON job (lease) WHERE lease > 0;"
        "CREATE INDEX ended ON job (ended) WHERE ended > 0;"
        "CREATE INDEX kept ON job (secret_until) WHERE secret_until > 0;"

        "CREATE TABLE event (number INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL REFERENCES job (place)"
        " ON DELETE CASCADE, time INTEGER NOT NULL, json TEXT NOT NULL);"
        "CREATE INDEX of_job ON event (job, number);"

        "CREATE TABLE number (name TEXT NOT NULL, serial TEXT NOT NULL, number INTEGER NOT NULL,"
        " PRIMARY KEY (name, serial)) WITHOUT ROWID;"
        "CREATE INDEX highest ON number (name, number);",
};

int schema_check(struct base *b, int64_t *ret_version)
{
        int64_t application, tables, version;
        int r;

        r = sql_number(b, &application, "PRAGMA application_id", "");
        if (r >= 0)
                r = sql_number(b, &version, "PRAGMA user_version", "");
        if (r >= 0)
                r = sql_number(b, &tables, "SELECT count(*) FROM sqlite_schema", "");
        if (r < 0)
                return r;
        if (tables > 0 && application != SCHEMA_APPLICATION)
                return -EMEDIUMTYPE;
        if (version > SCHEMA_VERSION)
                return -ENOTSUP;
        *ret_version = tables > 0 ? version : 0;
        return 0;
}

int schema_migrate(struct base *b, int64_t from)
{
        char mark[96];
        int r = 0;

        if (from == SCHEMA_VERSION)
                return 0;
        for (int64_t v = from; v < SCHEMA_VERSION && r >= 0; v++)
                r = sql_do(b, versions[v]);
        (void)snprintf(mark, sizeof(mark), "PRAGMA application_id = %d; PRAGMA user_version = %d",
                       SCHEMA_APPLICATION, SCHEMA_VERSION);
        return r < 0 ? r : sql_do(b, mark);
}
