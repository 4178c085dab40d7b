/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The inside of the virtual cloud: what its areas share. Each area (devices.c, claims.c, ...) is a set of
 * handlers that read the call, change the registry and answer; routes.c is the table that names them all. */

#include "tests/sim/cloud/exchange.h"
#include <jansson.h>
#include <string.h>

struct fault_rule;
struct sd_event;
struct faults;
struct hub;
struct limits;
struct route;

struct vcloud {
        struct sd_event *loop;
        json_t *state; /* collections as state.h describes them */
        bool changed;
        char *base_url;
        struct {
                int64_t anchor_ms; /* wall clock minus monotonic clock */
                uint64_t offset_ms;
        } time;
        struct limits *limits;
        struct faults *faults;
        struct hub *hub;
        struct {
                void (*told)(void *userdata, const struct vcloud_effect *effect);
                void *userdata;
        } effect;
        struct timer *due; /* for what happens by itself: a device that goes online late */
};

#define MAX_ARGS 4

/* One request on its way through the machine. */
struct call {
        struct vcloud *cloud;
        const struct vcloud_request *request;
        const struct route *route;
        char *arg[MAX_ARGS]; /* the route's ":names", decoded, in order */
        json_t *query;       /* object of strings */
        json_t *body;        /* object; form fields are strings; never NULL */
        bool is_form;
        json_t *token;                  /* record of the bearer token; NULL on routes without one */
        const char *who;                /* user name or customer's e-mail that the token stands for */
        const struct fault_rule *fault; /* that applies to this call; NULL = none */
        struct vcloud_reply *reply;
};

/* time, in milliseconds since 1970 */
int64_t cloud_now_ms(struct vcloud *c);

#define INSTANT_SIZE 32
/* "2026-01-01T00:00:00.000Z" */
const char *instant_text(int64_t ms, char ret[static INSTANT_SIZE]);
int instant_parse(const char *text, int64_t *ret_ms);

/* The value of a request's header, in any spelling; NULL if it has none. */
const char *call_header(const struct call *c, const char *name);

/* A parameter as text wherever it was sent: body first, then query. NULL if it is missing, null or not a
 * scalar. Booleans read "true" and "false"; numbers need `is_form` or a string and are NULL here. */
const char *call_text(const struct call *c, const char *name);
/* Also understands "true", "1" and numbers; `missing` if it was not sent. */
bool call_bool(const struct call *c, const char *name, bool missing);
/* Does the text (NULL: there is none) have the parameter in it, in any case? True if that was not sent. */
bool call_filter(const struct call *c, const char *name, const char *text);
bool call_has(const struct call *c, const char *name);
/* A number in JSON or in text. -ENOENT if it was not sent, -EINVAL if it is no number. */
int call_int(const struct call *c, const char *name, int64_t *ret);

/* answers. Each sets the reply and returns what the handler returns: 0 or -ENOMEM. */
int answer(struct call *c, unsigned status, json_t *body); /* takes the body; NULL = out of memory */
int answer_ok(struct call *c);                             /* 200 {"ok":true} */
int answer_empty(struct call *c, unsigned status);
int answer_text(struct call *c, unsigned status, const char *content_type, const char *body);
int answer_header(struct call *c, const char *name, const char *value);

/* The shapes of refusal, one table in shapes.c. */
enum shape {
        SHAPE_TOKEN_MISSING,
        SHAPE_TOKEN_INVALID,
        SHAPE_TOKEN_EXPIRED,
        SHAPE_API_USER,
        SHAPE_GRANT_CREDENTIALS,
        SHAPE_GRANT_OTP,
        SHAPE_GRANT_OTP_EXPIRED,
        SHAPE_GRANT_REFRESH,
        SHAPE_GRANT_TYPE,
        SHAPE_GRANT_FORM,
        SHAPE_CLIENT,
        SHAPE_BAD_PASSWORD,
        SHAPE_UNKNOWN_USER,
        SHAPE_ADDRESS_BLOCKED,
        SHAPE_PERMISSION,
        SHAPE_FORBIDDEN,
        SHAPE_NO_SUCH_DEVICE,
        SHAPE_DEVICE_OFFLINE,
        SHAPE_DEVICE_FOREIGN,
        SHAPE_DEVICE_LIMIT,
        SHAPE_DEVICE_NO_ID,
        SHAPE_DEVICE_NAME,
        SHAPE_DEVICE_NOTHING,
        SHAPE_DEVICE_SETTING,
        SHAPE_UNPROTECT,
        SHAPE_DEVICE_TIMEOUT,
        SHAPE_DEVICE_NOT_MEMBER,
        SHAPE_NO_PRODUCT,
        SHAPE_SORT,
        SHAPE_GROUP_NAME,
        SHAPE_GROUP_EXISTS,
        SHAPE_GROUP_UNKNOWN,
        SHAPE_IMPORT_NOTHING,
        SHAPE_CUSTOMER_EXISTS,
        SHAPE_CUSTOMER_UNKNOWN,
        SHAPE_CUSTOMER_FIELDS,
        SHAPE_CUSTOMER_SHADOW,
        SHAPE_TEAM_FIELDS,
        SHAPE_TEAM_UNKNOWN,
        SHAPE_SERIAL_UNKNOWN,
        SHAPE_SIM_UNKNOWN,
        SHAPE_SIM_FOREIGN,
        SHAPE_SIM_COUNTRY,
        SHAPE_SIM_ACTION,
        SHAPE_EVENT_PREFIX,
        SHAPE_EVENT_NAME,
        SHAPE_FIRMWARE_UNKNOWN,
        SHAPE_FIRMWARE_QUERY,
        SHAPE_BAD_JSON,
        SHAPE_TOO_LARGE,
        SHAPE_NO_ROUTE,
        SHAPE_TOO_MANY,
        SHAPE_TOO_MANY_STREAMS,
        _SHAPE_MAX,
};

int refuse(struct call *c, enum shape shape);
