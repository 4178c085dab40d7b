/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A terminal that shows nothing from the question for a sticker until usher ends: whoever pulls a scanner's
 * trigger twice would otherwise see the mobile secret on the screen while the first device is set up, and
 * their shell would take it for a command afterwards. */

#include "proto/base/cleanup.h"

struct silence;

/* `fd` is a terminal, and stays the caller's. -ENOMEM, or the errno of the terminal. */
int silence_new(int fd, struct silence **ret);

/* Drops what was typed meanwhile; the terminal is as it was. Takes NULL, returns NULL. */
struct silence *silence_free(struct silence *s);
DEFINE_CLEANUP(struct silence *, silence_free)
