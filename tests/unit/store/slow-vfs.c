/* SPDX-License-Identifier: Apache-2.0 */

/* SQLite's own VFS opens, behind a file object of ours that passes everything on. */

#include "tests/unit/store/slow-vfs.h"
#include <poll.h>
#include <sqlite3.h>
#include <string.h>

struct file {
        sqlite3_file base;  /* first */
        sqlite3_file *real; /* behind this struct */
};

struct bad_disk bad_disk;
static sqlite3_vfs vfs, *usual;

int bad_disk_get(const int *what)
{
        return __atomic_load_n(what, __ATOMIC_SEQ_CST);
}

void bad_disk_set(int *what, int value)
{
        __atomic_store_n(what, value, __ATOMIC_SEQ_CST);
}

static sqlite3_file *real(sqlite3_file *f)
{
        return ((struct file *)f)->real;
}

static int refused(void)
{
        return bad_disk_get(&bad_disk.full)          ? SQLITE_FULL
               : bad_disk_get(&bad_disk.read_only)   ? SQLITE_READONLY
               : bad_disk_get(&bad_disk.write_fails) ? SQLITE_IOERR_WRITE
                                                     : SQLITE_OK;
}

static int on_close(sqlite3_file *f)
{
        return real(f)->pMethods->xClose(real(f));
}

static int on_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
        return real(f)->pMethods->xRead(real(f), to, n, at);
}

static int on_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
        int rc = refused();

        return rc == SQLITE_OK ? real(f)->pMethods->xWrite(real(f), from, n, at) : rc;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
        return real(f)->pMethods->xTruncate(real(f), size);
}

static int on_sync(sqlite3_file *f, int flags)
{
        int once = __atomic_exchange_n(&bad_disk.once_ms, 0, __ATOMIC_SEQ_CST);
        int ms = once ? once : bad_disk_get(&bad_disk.fsync_ms);

        (void)__atomic_add_fetch(&bad_disk.fsyncs, 1, __ATOMIC_SEQ_CST);
        if (ms)
                (void)poll(NULL, 0, ms);
        if (bad_disk_get(&bad_disk.fsync_fails))
                return SQLITE_IOERR_FSYNC;
        return real(f)->pMethods->xSync(real(f), flags);
}

static int on_size(sqlite3_file *f, sqlite3_int64 *ret)
{
        return real(f)->pMethods->xFileSize(real(f), ret);
}

static int on_lock(sqlite3_file *f, int how)
{
        return real(f)->pMethods->xLock(real(f), how);
}

static int on_unlock(sqlite3_file *f, int how)
{
        return real(f)->pMethods->xUnlock(real(f), how);
}

static int on_check(sqlite3_file *f, int *ret)
{
        return real(f)->pMethods->xCheckReservedLock(real(f), ret);
}

static int on_control(sqlite3_file *f, int op, void *argument)
{
        return real(f)->pMethods->xFileControl(real(f), op, argument);
}

static int on_sector(sqlite3_file *f)
{
        return real(f)->pMethods->xSectorSize(real(f));
}

static int on_device(sqlite3_file *f)
{
        return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

/* Version 1: without shared memory, which the exclusive mode does not need. */
static const sqlite3_io_methods methods = {
        .iVersion = 1,
        .xClose = on_close,
        .xRead = on_read,
        .xWrite = on_write,
        .xTruncate = on_truncate,
        .xSync = on_sync,
        .xFileSize = on_size,
        .xLock = on_lock,
        .xUnlock = on_unlock,
        .xCheckReservedLock = on_check,
        .xFileControl = on_control,
        .xSectorSize = on_sector,
        .xDeviceCharacteristics = on_device,
};

static int on_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
        struct file *file = (struct file *)f;
        int rc;

        (void)v;
        file->real = (sqlite3_file *)(file + 1);
        memset(file->real, 0, (size_t)usual->szOsFile);
        rc = usual->xOpen(usual, name, file->real, flags, ret_flags);
        file->base.pMethods = file->real->pMethods ? &methods : NULL;
        return rc;
}

void bad_disk_register(void)
{
        if (usual)
                return;
        usual = sqlite3_vfs_find(NULL);
        vfs = *usual;
        vfs.pNext = NULL;
        vfs.zName = BAD_DISK;
        vfs.szOsFile += (int)sizeof(struct file);
        vfs.xOpen = on_open;
        (void)sqlite3_vfs_register(&vfs, 0);
}
