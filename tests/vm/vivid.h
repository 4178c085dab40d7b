/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The kernel's virtual camera: what is put out on its one node comes in on its other. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VIVID_WIDTH = 1280, VIVID_HEIGHT = 720, VIVID_BUFFERS = 4 };

struct vivid {
        char camera[64]; /* its path */
        int out, control;
        uint8_t *buffers[VIVID_BUFFERS];
        size_t size;
        const uint8_t *picture; /* VIVID_WIDTH * VIVID_HEIGHT grey bytes, shown from now on; NULL: grey */
};

/* Finds the nodes, joins them, begins to show. Ends the program when that cannot be done. */
void vivid_open(struct vivid *v);

void vivid_close(struct vivid *v);

/* Poll for POLLOUT on v->out, then feed. */
void vivid_feed(struct vivid *v);

/* Sets a control of the camera by its name: "Disconnect", "Inject V4L2_BUF_FLAG_ERROR". */
void vivid_set(struct vivid *v, const char *name, int value);
