/* SPDX-License-Identifier: Apache-2.0 */

/* The near end of usher-scan: its records become events. It may crash, hang or lie: a record that is not in
 * order ends it, and its end without a word is told as what it is. */

#include "setup/label/camera/camera.h"
#include "setup/label/camera/record.h"
#include "setup/label/child.h"
#include "setup/label/source-private.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

struct camera {
        struct source source;
        struct child child;
        int socket;      /* its other end is usher-scan's standard output */
        bool refused;    /* it could not be started, which is still to be told */
        bool ended;      /* nothing more comes but SOURCE_END */
        uint8_t *packet; /* RECORD_SIZE_MAX bytes in guarded memory, and one that tells "too long" */
};

static struct camera *camera_of(const struct source *s)
{
        return container_of((struct source *)s, struct camera, source);
}

static int camera_fd(const struct source *s)
{
        return camera_of(s)->socket;
}

static int camera_timeout_ms(const struct source *s)
{
        const struct camera *c = camera_of(s);

        return c->refused || c->ended ? 0 : -1;
}

static void camera_free(struct source *s)
{
        struct camera *c = camera_of(s);

        (void)child_end(&c->child);
        closep(&c->socket);
        sodium_free(c->packet);
        free(c);
}

/* ---- records ---- */

static int refuse(struct camera *c)
{
        c->refused = false;
        c->ended = true;
        return SOURCE_REFUSED;
}

static int tell_end(struct camera *c)
{
        int status = child_end(&c->child);

        if (status >= 0 && WIFSIGNALED(status))
                (void)trouble_set(&c->source.trouble, FAULT_INTERNAL, "the program usher-scan ended: %s",
                                  strsignal(WTERMSIG(status)));
        else
                (void)trouble_set(&c->source.trouble, FAULT_INTERNAL,
                                  "the program usher-scan ended without a word (status %d)",
                                  status >= 0 ? WEXITSTATUS(status) : -1);
        return refuse(c);
}

static int rename_source(struct camera *c, const struct record *r)
{
        char *name = calloc(1, r->len + 1); /* not strndup(): nothing ends the text */

        if (!name)
                return -ENOMEM;
        memcpy(name, r->text, r->len);
        free(c->source.name);
        c->source.name = name;
        return SOURCE_NOTHING;
}

static int take_scan(struct camera *c, const struct record *r, struct scan *ret)
{
        struct secret *text;
        int error = secret_new(r->text, r->len, &text);

        if (error < 0)
                return error;
        source_fill(&c->source, r->symbology, text, ret);
        ret->at_ms = r->at_ms;
        return SOURCE_SCAN;
}

static int take(struct camera *c, const struct record *r, struct scan *ret)
{
        switch (r->kind) {
        case RECORD_CAMERA: return rename_source(c, r);
        case RECORD_SCAN: return take_scan(c, r, ret);
        case RECORD_HINT: c->source.hint = r->hint; return SOURCE_HINT;
        case RECORD_LOST:
        case RECORD_ENDED:
                (void)trouble_set(&c->source.trouble, r->fault, "%.*s", (int)r->len, r->text);
                return r->kind == RECORD_LOST ? SOURCE_LOST : refuse(c);
        case RECORD_BACK: return SOURCE_BACK;
        case _RECORD_KIND_MAX: break;
        }
        return SOURCE_NOTHING;
}

static int camera_dispatch(struct source *s, struct scan *ret)
{
        struct camera *c = camera_of(s);
        struct record r;
        ssize_t n;
        int event;

        if (c->ended)
                return SOURCE_END;
        if (c->refused)
                return refuse(c);
        n = recv(c->socket, c->packet, RECORD_SIZE_MAX + 1, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return SOURCE_NOTHING;
        if (n <= 0 || record_parse(c->packet, (size_t)n, &r) < 0)
                return tell_end(c);
        event = take(c, &r, ret);
        sodium_memzero(c->packet, (size_t)n);
        return event;
}

/* ---- opening ---- */

static const struct source_class camera_class = {
        .fd = camera_fd, .timeout_ms = camera_timeout_ms, .dispatch = camera_dispatch, .free = camera_free
};

/* A program that is missing is told by dispatch. */
static int start(struct camera *c, const char *which, bool qr)
{
        char name[] = CHILD_SCAN, flag[] = "--qr", end[] = "--";
        _cleanup_(freep) char *device = strdup(which);
        char *with_qr[] = { name, flag, end, device, NULL }, *without[] = { name, end, device, NULL };
        _cleanup_(closep) int far = -1;
        int ends[2], r;

        if (!device)
                return -ENOMEM;
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                return -errno;
        c->socket = ends[0];
        far = ends[1];
        r = child_spawn(NULL, qr ? with_qr : without, -1, far, &c->child);
        if (r != -ENOENT)
                return r;
        (void)trouble_set(&c->source.trouble, FAULT_INSTALLATION,
                          "the program usher-scan is missing: install usher completely");
        c->refused = true;
        return 0;
}

int source_open_camera(const char *which, bool qr, struct source **ret)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct camera *c = calloc(1, sizeof(*c));
        int r;

        if (!c)
                return -ENOMEM;
        r = source_init(&c->source, &camera_class, SOURCE_CAMERA, which);
        if (r < 0) {
                free(c);
                return r;
        }
        s = &c->source;
        c->socket = -1;
        c->packet = sodium_malloc(RECORD_SIZE_MAX + 1);
        if (!c->packet)
                return -ENOMEM;
        r = start(c, which, qr);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}
