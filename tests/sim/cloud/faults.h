/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Faults on any route: rules of the form "METHOD PATHPREFIX KIND[,key=value]...", where METHOD may be "*".
 * The first rule that matches and is not used up shapes the answer. tests/sim/cloud/README.md lists the
 * kinds; the table in faults.c is what they are. */

#include "tests/sim/cloud/machine.h"

struct fault_rule;

int faults_new(struct faults **ret);
struct faults *faults_free(struct faults *f);

/* -EINVAL with *ret_why for a rule that does not read. */
int faults_add(struct faults *f, const char *text, char **ret_why);
void faults_clear(struct faults *f);
/* The rules as text, with how often each was used: [{"rule":"...","used":n}]. */
json_t *faults_report(const struct faults *f);

/* Chooses the rule for this call (call.fault). *ret_answered: it has already answered. */
int faults_before(struct call *c, bool *ret_answered);
/* Mangles the answer that the handler gave. */
int faults_after(struct call *c);
/* For handlers: does the chosen rule ask for this behaviour inside them? */
bool faults_inside(const struct call *c, const char *kind);
/* The kind "echo"; `form` is "sent", "decoded", "base64" or "page". */
int echo(struct call *c, unsigned status, const char *form);
/* The chosen rule's "ms". */
uint64_t faults_ms(const struct call *c);
