/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The project's six macros. Everything that a function owns is declared with _cleanup_ and handed over with
 * TAKE_PTR or TAKE_FD, so that no error path can leak. */

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

/* Gives the pointer's value away and leaves NULL behind. */
#define TAKE_PTR(p)                                                                                         \
        ({                                                                                                  \
                __typeof__(p) *_pp = &(p);                                                                  \
                __typeof__(p) _p = *_pp;                                                                    \
                *_pp = NULL;                                                                                \
                _p;                                                                                         \
        })

/* Gives the descriptor away and leaves -1 behind. */
#define TAKE_FD(fd)                                                                                         \
        ({                                                                                                  \
                int *_fp = &(fd);                                                                           \
                int _f = *_fp;                                                                              \
                *_fp = -1;                                                                                  \
                _f;                                                                                         \
        })

#define ELEMENTSOF(a) (sizeof(a) / sizeof((a)[0]))

#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))

/* DEFINE_CLEANUP(struct secret *, secret_free) defines secret_freep for use with _cleanup_. */
#define DEFINE_CLEANUP(type, func)                                                                          \
        __attribute__((unused)) static inline void func##p(type *p)                                         \
        {                                                                                                   \
                if (*p)                                                                                     \
                        func(*p);                                                                           \
        }

/* Takes the address of a pointer of any type. */
static inline void freep(void *p)
{
        free(*(void **)p);
}

static inline void closep(int *fd)
{
        if (*fd >= 0)
                (void)close(*fd);
}
