/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: the context, and how its functions are entered and left. */

#include "cloud/token.h"
#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include "proto/base/trouble.h"
#include "setup/flow/profile/profile.h"
#include "setup/label/decoder.h"
#include "setup/lib/event-private.h"
#include "setup/ports/context.h"
#include <signal.h>
#include <sys/types.h>

/* Each a row of the table in ctx-settings.c. */
enum setting {
        SETTING_RADIO,
        SETTING_CLOUD,
        SETTING_CLOUD_CA,
        SETTING_CLOUD_PROXY,
        SETTING_TOKEN_FILE,
        SETTING_SERIALS_FILE,
        SETTING_NUMBERS_FILE,
        SETTING_FINISHED_FILE,
        SETTING_SIGN_INS_FILE,
        SETTING_DEVICE_CLOUD,
        SETTING_TIMEOUT,
        SETTING_INTERACTIVE,
        SETTING_REPORT,
        SETTING_LIBEXEC_FOLDER,
        _SETTING_MAX,
};

struct session;

struct usher_ctx {
        pid_t pid;     /* of the process that made it */
        unsigned uses; /* the caller, and whatever was made with it */
        struct context *context;
        int fd;   /* an epoll of the loop and of `kick` */
        int kick; /* readable: there is something to do that no descriptor of the loop shows */
        struct trouble trouble;
        char *setting[_SETTING_MAX]; /* NULL: preset */
        struct token token;          /* of usher_ctx_set_token(), or of the file */
        struct profile profile;
        bool answered;           /* its networks are what a person has answered */
        char *profile_path;      /* that it was read from; NULL */
        struct decoder *decoder; /* NULL: no picture so far */
        struct event_queue events;
        struct session *sessions;       /* customers who are signed in: session-private.h */
        struct usher_event *signed_out; /* while some are being signed out: it must not be lost */
};

/* ---- entering: every function that does more than read ---- */

/* While inside, all signals of the thread are blocked: what is begun in there (libcurl's resolver, the
 * store) inherits that and takes none of the program's, and a connection that is gone ends nobody by
 * SIGPIPE. */
struct entry {
        struct usher_ctx *ctx; /* NULL: not inside */
        sigset_t before;
        bool had_pipe;
        struct file_patience patience; /* files are waited for no longer than a job may take */
};

/* -ECHILD: in a process that fork() made. */
int ctx_enter(struct usher_ctx *c, struct entry *ret);

/* Shows by the descriptor what there is to do now, and gives the signals back. Last of all, when nothing of
 * the context is touched any more but by who has a use of it. */
void ctx_leave(struct entry *e);

/* What is made with a context keeps it. unuse: in a process that fork() made it does nothing. */
struct usher_ctx *ctx_use(struct usher_ctx *c);
struct usher_ctx *ctx_unuse(struct usher_ctx *c);
bool ctx_is_ours(const struct usher_ctx *c);

/* ctx-settings.c */
const char *ctx_text(const struct usher_ctx *c, enum setting s); /* NULL: preset */
bool ctx_yes(const struct usher_ctx *c, enum setting s);
unsigned ctx_number(const struct usher_ctx *c, enum setting s); /* 0: preset */

/* ctx-token.c: the token that is needed for the API at the context's cloud. `optional`: there may be none
 * (and then c->token.secret is NULL). -EINVAL: the context's trouble. */
int ctx_find_token(struct usher_ctx *c, bool optional);

/* session.c: all customers who are signed in, with their tokens */
void session_end_all(struct usher_ctx *c);
