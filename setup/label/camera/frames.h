/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where frames come from: a camera (v4l2.c), or a file of frames in tests, which link another implementation
 * of this header. */

#include "proto/base/cleanup.h"
#include "proto/base/trouble.h"
#include <stdbool.h>
#include <stdint.h>

/* One picture in a sealed memfd: nobody changes it any more. */
struct frame {
        int fd;      /* owned */
        size_t size; /* bytes */
        unsigned width, height;
        bool jpeg;     /* a JPEG file as the camera made it; else width * height grey bytes */
        int64_t at_ms; /* CLOCK_BOOTTIME */
};

struct frames;

/* `which`: "auto", or a device's path. Anything wrong with the camera is -EINVAL with *ret_trouble; it may
 * be tried again. */
int frames_open(const char *which, struct frames **ret, struct trouble *ret_trouble);

/* The device's path, also where `which` was "auto". */
const char *frames_name(const struct frames *f);

/* Poll for POLLIN; frames_look() is called on POLLERR and POLLHUP, too. */
int frames_fd(const struct frames *f);

/* Takes in all frames that are there; the newest is kept, the others are dropped. 1: a new one is kept; 0:
 * nothing new; -ENODEV: the camera is gone; another errno: it has to be opened again. Never blocks. */
int frames_look(struct frames *f);

/* Gives the frame that is kept, which is kept no more. 1: *ret is filled; 0: there is none, or it was no
 * whole frame; negative errno. */
int frames_take(struct frames *f, struct frame *ret);

/* Takes NULL, returns NULL. */
struct frames *frames_close(struct frames *f);

DEFINE_CLEANUP(struct frames *, frames_close)
