/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Readers of replies turn the cloud's JSON into what the verbs promise. Pure and without trust: whatever the
 * JSON holds, the result is complete or the function returns -EBADMSG. Pointers in results point into the
 * JSON. Each reader stands with its verb (reply_device() in device.c), what they share in reply.c; all of
 * them are here, because a fuzzer gives everything to each. */

#include "cloud/client.h"
#include "cloud/json.h"

struct cloud_account;
struct cloud_claim;
struct cloud_device;
struct cloud_imports;
struct cloud_limit;
struct cloud_news;
struct cloud_product;
struct cloud_serial;
struct cloud_sim;

/* what they share */

/* The text under either of two spellings of a key; NULL: neither is there. */
const char *reply_text(const json_t *j, const char *key, const char *or_key);

/* False: the reply names what it is about, and that is not the subject. NULL or "": whatever it is about. */
bool reply_is_about(const json_t *j, const char *subject);

/* A change that has nothing to tell: nothing, or an object that is about `subject` if it says about what. */
int reply_done(const json_t *j, size_t body_len, const char *subject);

/* readers */

/* one device (cloud.md 3.5); `id` NULL: whichever it is */
int reply_device(const json_t *j, const char *id, struct cloud_device *ret);

/* Bare array, or {"devices":[...]} of a product. Entries without an id are left out. Free *ret with free().
 */
int reply_devices(const json_t *j, struct cloud_device **ret, size_t *ret_n);

/* both spellings of cloud.md 4.2; the device id is lower-cased into `id`, the secret is the caller's */
int reply_serial(const json_t *j, char id[static CLOUD_ID_LEN + 1], struct cloud_serial *ret,
                 struct secret **ret_secret);

int reply_claim(const json_t *j, const char *id, struct cloud_claim *ret);
int reply_claim_code(const json_t *j, struct secret **ret);

/* access_tokens/current and user (cloud.md 2.3); either may be NULL if the cloud does not have it.
 * *ret_scopes is freed with free(). */
int reply_account(const json_t *token, const json_t *user, struct cloud_account *ret,
                  const char ***ret_scopes);

/* service agreements (cloud.md 3.3) */
int reply_limit(const json_t *j, struct cloud_limit *ret);

/* grants (cloud.md 2.1): a token and when it ends (seconds since 1970, 0 = never); or "mfa_required" with
 * its token, -ENOENT if the reply is something else */
int reply_token(const json_t *j, int64_t now_s, struct secret **ret, int64_t *ret_expires_s);
int reply_mfa_wanted(const json_t *j, struct secret **ret);

/* products (cloud.md 4.1, 4.2): {"product":{}} and the older {"product":[{}]} */
int reply_product(const json_t *j, struct cloud_product *ret);

/* The lists of an import, for each of the ids in the body that was sent. NULL: the answer had no body. */
int reply_imports(const json_t *j, const struct secret *sent, struct cloud_imports *ret);

/* a SIM card (cloud.md 5) */
int reply_sim(const json_t *j, const char *iccid, struct cloud_sim *ret);

/* the data of an event; the name is there already */
int reply_event(const json_t *j, char id[static CLOUD_ID_LEN + 1], struct cloud_news *ret);
