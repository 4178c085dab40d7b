/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A disk as one would rather not have it: a VFS of SQLite in front of the usual one, whose fsyncs take their
 * time, and which can be full, broken or read-only from one moment to the next. */

struct bad_disk {
        int fsync_ms;    /* how long each takes */
        int once_ms;     /* how long the next takes, once; 0 */
        int full;        /* writes: SQLITE_FULL */
        int fsync_fails; /* SQLITE_IOERR_FSYNC */
        int write_fails; /* SQLITE_IOERR_WRITE */
        int read_only;   /* writes: SQLITE_READONLY */
        int fsyncs;      /* counted */
};

/* Read and written from any thread: atomically. */
extern struct bad_disk bad_disk;

#define BAD_DISK "bad-disk" /* name of the VFS */

void bad_disk_register(void);
void bad_disk_set(int *what, int value);
int bad_disk_get(const int *what);
