/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The thread on which the store waits for its disk. */

#include "setup/store/request.h"

struct thread;

/* On success the base belongs to it. */
int thread_start(struct base *base, struct thread **ret);

/* Ends what was given to it, marks the end as wished and closes the base; waits for that, limit_ms at most,
 * and leaves the rest to the thread then. What is answered by then is freed. Takes NULL, returns NULL. */
struct thread *thread_free(struct thread *t, unsigned limit_ms);

/* Of requests that it has not answered: nobody wants the answers any more. */
void thread_forget(struct thread *t, void (*forget)(struct request *r));

void thread_give(struct thread *t, struct requests *list); /* all of them; the list is empty then */
struct request *thread_take(struct thread *t);             /* the next one that is done; NULL: none */
bool thread_is_here(const struct thread *t);               /* false: in a process that was forked off */
int thread_fd(const struct thread *t);                     /* readable while there is one */
