/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Pictures and frames, one after the other, through one usher-decode in its cage: neither a hostile file nor
 * a bug in a picture library reaches the process that holds tokens and sessions. Whoever breaks it sees what
 * it is asked next, and answers as he likes: pictures of people who do not trust each other need one each.
 *
 * The process is started with the first request, again at once when one has ended it, and anew after some
 * time of work. It ends with its parent; for the kernel that is the thread that submits, so that thread must
 * live until decoder_free(). */

#include "proto/base/trouble.h"
#include "setup/label/request.h"
#include "setup/label/verdict.h"

enum { DECODER_PICTURE_MS = 20000 /* for a picture file, reading it included */ };

struct decoder;

int decoder_new(struct decoder **ret);

/* Of the usher-decode in that folder (child.h); copied. */
int decoder_new_in(const char *folder, struct decoder **ret);

/* Asks for one. `fd` stays the caller's, and what is in it must not change until the answer is there: of a
 * frame it is a file or memfd that holds request_bytes(). -EBUSY: one is on its way; -ENOENT: usher-decode
 * is not where it belongs; -EINVAL: the frame's size; other negative errno of this process. */
int decoder_submit(struct decoder *d, int fd, const struct request *request, unsigned timeout_ms);

/* Readable when dispatch has something to do; the same one as long as the decoder lives. */
int decoder_fd(const struct decoder *d);

/* Until the deadline of what was asked for; 0 if it has passed, -1 if nothing was. */
int decoder_timeout_ms(const struct decoder *d);

/* 1: done. Either *ret is filled, whose texts stay until the next call of decoder_submit() or
 * decoder_free(), or *ret_trouble says why there is no answer (FAULT_LABEL_UNREADABLE: the picture has ended
 * the process, or took too long; FAULT_INTERNAL: the kernel has no cage for it). 0: not yet, or nothing was
 * asked for. Never blocks for longer than a process takes to die. */
int decoder_dispatch(struct decoder *d, struct verdict *ret, struct trouble *ret_trouble);

/* Drops what was asked for, if anything was. */
void decoder_cancel(struct decoder *d);

/* Takes NULL, returns NULL. */
struct decoder *decoder_free(struct decoder *d);

DEFINE_CLEANUP(struct decoder *, decoder_free)
