/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Jobs whose holder is gone. */

#include "setup/store/base.h"

/* At opening, in its transaction: key, clock, what was at work, counters. -EKEYREJECTED: the key is another
 * one. */
int recover_all(struct base *b);

/* Jobs whose lease has ended wait again, or are pending again. */
int recover_leases(struct base *b);

/* Wipes secrets that were to be kept until now. How many. */
int recover_secrets(struct base *b);
