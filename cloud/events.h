/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The cloud's event stream, kept open (cloud.md 6). One stream serves a whole process; it
 * speeds up what polling finds out too, and only for devices that are owned or in a product: an unclaimed
 * one sends nothing here. */

#include "cloud/client.h"

enum {
        EVENTS_SILENCE_MS = 75000,  /* the cloud sends at least something every 60 s */
        EVENTS_RECONNECT_MS = 2000, /* doubled each time, up to the next */
        EVENTS_RECONNECT_MAX_MS = 120000,
        EVENTS_LIMITED_MS = 30000, /* after 429 and 529 at least this */
};

enum cloud_news_kind {
        NEWS_OPENED, /* events come from now on. Whatever happened before is lost: read the state by GET */
        NEWS_EVENT,
        NEWS_BROKEN, /* the stream ended or fell silent; it is opened again after a pause */
        NEWS_ENDED,  /* a fault that waiting does not heal (token, right, address): the last news */
};

struct cloud_news {
        enum cloud_news_kind kind;
        const struct cloud_error *error; /* NEWS_BROKEN, NEWS_ENDED; NULL otherwise */

        /* NEWS_EVENT */
        const char *name;      /* "spark/status" */
        const char *data;      /* "online"; "" if there is none */
        const char *device_id; /* lower case */
        int64_t published_s;   /* seconds since 1970; 0 = not said */
};

/* Unlike other operations this one calls back many times, until it is freed or NEWS_ENDED has come. */
typedef void (*cloud_news_fn)(void *userdata, const struct cloud_news *news);

struct cloud_events {
        unsigned product_id;   /* 0: the account's own devices */
        const char *device_id; /* NULL: all */
        const char *prefix;    /* of the event's name; NULL: all */
        uint64_t silence_ms;   /* 0: EVENTS_SILENCE_MS */
};

/* 0, -EINVAL, -ENOMEM. */
int cloud_events(struct cloud_client *c, const struct cloud_events *what, cloud_news_fn news, void *userdata,
                 struct op **ret);
