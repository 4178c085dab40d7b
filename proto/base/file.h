/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Small files: those that people name, and those that usher keeps. Whatever lies there, nobody waits for it
 * for ever: a FIFO that nobody writes to, a lock that somebody holds. */

#include "proto/base/trouble.h"
#include <stddef.h>
#include <stdint.h>

enum {
        FILE_WRITER_MS = 10000,   /* until somebody opens a FIFO for writing: a program is started */
        FILE_SILENCE_MS = 300000, /* until a writer says something: a person may be asked for a passphrase */
        FILE_LOCK_MS = 2000,      /* until a lock is free: who holds one here reads and writes a few lines */
};

/* So long from now whoever holds it waits for what it reads at most, for all files together: a command or a
 * call that has a limit of time of its own. Locks have theirs. It counts in the thread that began it, until
 * it is ended there; the one that was before counts again then. 0: no such limit. */
struct file_patience {
        int64_t before_ms;
};
struct file_patience file_patience_begin(unsigned ms);
void file_patience_end(struct file_patience *p);

/* `ms`, or what is left of the patience if that is less: for whoever waits for a file by itself. */
unsigned file_patience_ms(unsigned ms);

/* Opens for reading what a person names: a file, a pipe (also "/dev/fd/63", and "/dev/stdin" that is a
 * socket), a terminal, /dev/null; "-" is standard input. The descriptor, or the errno of opening; -EISDIR;
 * -ENOTSUP: anything else. */
int file_open(const char *path);

/* Opens a file that is read again and again, or written: open(2)'s flags (O_CLOEXEC and what keeps it from
 * waiting are added), mode 0600. -EISDIR; -ENOTSUP: no regular file. */
int file_open_kept(const char *path, int flags);

/* Reads to the end, at most `size` bytes. -ETIMEDOUT: nobody writes to it; -ECANCELED: a SIGINT or SIGTERM
 * came that is blocked, as a loop that watches it does; it is taken (only in a program of ours: standard.h);
 * the errno of read(2). */
int file_read_all(int fd, void *to, size_t size, size_t *ret_len);

/* Writes all of it, or answers why not (the errno of write(2)): how much of it is there is unknown then. */
int file_write(int fd, const void *data, size_t len);

/* The same at the end of a file that was opened with O_APPEND and is locked, or written by one process: on
 * failure it is as long as it was. */
int file_append(int fd, const void *data, size_t len);

/* flock(2) with LOCK_SH or LOCK_EX. -EWOULDBLOCK: another process holds it. */
int file_lock(int fd, int how);

/* What a failure (negative errno) of these means, behind "FILE: ". */
const char *file_words(int error);

/* Fills *ret_trouble, "NAME: words". Returns -EINVAL. */
int file_trouble(const char *name, int error, struct trouble *ret_trouble);
