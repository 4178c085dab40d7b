/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of one camera that is opened by V4L2. */

#include "proto/base/trouble.h"
#include "setup/label/camera/mode.h"
#include <linux/videodev2.h>

/* ioctl() that a signal does not end: 0 or a negative errno. */
int v4l2_call(int fd, unsigned long request, void *argument);

/* ---- v4l2-node.c: which device ---- */

enum { V4L2_PATH_MAX = 256, V4L2_NODES_MAX = 64 };

/* The numbers N of /dev/videoN, ascending. Returns how many. */
size_t v4l2_node_list(unsigned ret[static V4L2_NODES_MAX]);

/* Opens a device that takes pictures and finds its best mode. -EINVAL: it cannot be used; -ENOTTY: it is no
 * camera; both with *ret_trouble. */
int v4l2_node_open(const char *path, int *ret_fd, struct mode *ret_mode, struct trouble *ret_trouble);

/* What to do about a camera that refused with a negative errno. Returns -EINVAL. */
int v4l2_node_refuse(const char *path, int error, struct trouble *ret_trouble);

/* ---- v4l2-mode.c: what it offers ---- */

/* The best mode that it has. -ENODATA: none of its formats can be read, *ret_trouble has their names in its
 * cause; or a negative errno. */
int v4l2_mode_find(int fd, const char *path, struct mode *ret, struct trouble *ret_trouble);

/* ---- v4l2-controls.c ---- */

/* Focus, exposure and mains frequency, as far as the camera lets them be set: none of it is needed. */
void v4l2_controls_set(int fd);
