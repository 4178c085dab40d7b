/* SPDX-License-Identifier: Apache-2.0 */

/* The sim radio over AF_UNIX SOCK_SEQPACKET. A device "advertises" while its socket is in the folder;
 * inotify tells of those that come later, and it is watched before the folder is read so that none slips
 * through. Sockets are reached through /proc/self/fd of the folder, so that its path may be longer than
 * sun_path. */

#include "setup/ports/radio-private.h"
#include "setup/ports/sim-signal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-event.h>

struct radio_sim {
        struct radio radio;
        sd_event *loop;
        char dir[];
};

struct sim_find {
        struct op op;
        answer_fn done;
        void *userdata;
        int dir_fd;
        char suffix[16]; /* "-ABCDEF" */
        char avoid[PORT_AVOID_MAX][PORT_NAME_MAX];
        size_t n_avoid;
        int error; /* why the folder cannot be watched; 0 = it is */
        sd_event_source *watch;
        sd_event_source *first; /* the look at what is there already */
};

struct sim_connect {
        struct op op;
        radio_connect_fn done;
        void *userdata;
        int fd;
        int error;
        sd_event_source *source;
};

struct sim_link {
        struct radio_link link;
        int fd;
        bool blocked; /* a write was refused: on_writable() is owed */
        sd_event_source *source;
};

/* find */

static void find_free(struct op *op)
{
        struct sim_find *f = container_of(op, struct sim_find, op);

        sd_event_source_disable_unref(f->watch);
        sd_event_source_disable_unref(f->first);
        closep(&f->dir_fd);
        free(f);
}

/* The callback may free the operation, and a second answer must not follow: both sources are off by then. */
static void find_answer(struct sim_find *f, const struct answer *a)
{
        f->watch = sd_event_source_disable_unref(f->watch);
        f->first = sd_event_source_disable_unref(f->first);
        f->done(f->userdata, a);
}

static bool find_matches(struct sim_find *f, const char *name)
{
        size_t len = strlen(name), n = strlen(f->suffix);
        struct stat st;

        for (size_t i = 0; i < f->n_avoid; i++)
                if (strcmp(f->avoid[i], name) == 0)
                        return false;
        return *name != '.' && len >= n && strcasecmp(name + len - n, f->suffix) == 0 &&
               fstatat(f->dir_fd, name, &st, 0) == 0 && S_ISSOCK(st.st_mode);
}

static void find_tell(struct sim_find *f, const char *name)
{
        char copy[NAME_MAX + 1]; /* what holds the name may go with its source */
        struct port_peer peer = { .name = copy, .address = copy, .rssi = sim_signal(f->dir_fd, name) };

        if (strlen(name) >= sizeof(copy))
                return;
        memcpy(copy, name, strlen(name) + 1);
        find_answer(f, &(struct answer){ .peer = &peer });
}

static int find_on_change(sd_event_source *source, const struct inotify_event *event, void *userdata)
{
        (void)source;
        if (event->len > 0 && find_matches(userdata, event->name))
                find_tell(userdata, event->name);
        return 0;
}

static void dir_closep(DIR **d)
{
        if (*d)
                (void)closedir(*d);
}

static void find_strongest(struct sim_find *f, DIR *d)
{
        char best[NAME_MAX + 1] = "";
        int best_rssi = INT_MIN;

        for (struct dirent *e = readdir(d); e; e = readdir(d)) {
                int rssi = find_matches(f, e->d_name) ? sim_signal(f->dir_fd, e->d_name) : INT_MIN;

                if (rssi == 0)
                        rssi = INT_MIN + 1; /* unknown */
                if (rssi <= best_rssi)
                        continue;
                (void)snprintf(best, sizeof(best), "%s", e->d_name);
                best_rssi = rssi;
        }
        if (*best)
                find_tell(f, best);
}

static int find_first_look(sd_event_source *source, void *userdata)
{
        struct sim_find *f = userdata;
        _cleanup_(dir_closep) DIR *d = NULL;
        struct answer unreadable = {};
        int fd;

        (void)source;
        if (f->error == 0) {
                fd = openat(f->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                d = fd < 0 ? NULL : fdopendir(fd);
                if (!d) {
                        f->error = errno;
                        (void)(fd >= 0 && close(fd));
                }
        }
        if (f->error != 0) {
                (void)trouble_set(&unreadable.trouble, FAULT_CONFIG,
                                  "the folder of the sim radio cannot be read: %s", strerror(f->error));
                find_answer(f, &unreadable);
                return 0;
        }
        find_strongest(f, d);
        return 0;
}

static int find_watch(struct sim_find *f, sd_event *loop, const char *dir)
{
        f->dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (f->dir_fd < 0)
                return -errno;
        return sd_event_add_inotify(loop, &f->watch, dir, IN_CREATE | IN_MOVED_TO, find_on_change, f);
}

static int sim_find(struct radio *radio, const struct port_target *target, answer_fn done, void *userdata,
                    struct op **ret)
{
        struct radio_sim *r = container_of(radio, struct radio_sim, radio);
        _cleanup_(op_freep) struct op *op = NULL;
        struct sim_find *f;
        int n;

        f = calloc(1, sizeof(*f));
        if (!f)
                return -ENOMEM;
        *f = (struct sim_find){ .op.free = find_free, .done = done, .userdata = userdata, .dir_fd = -1 };
        op = &f->op;
        n = snprintf(f->suffix, sizeof(f->suffix), "-%s", target->setup_code);
        if (n < 0 || (size_t)n >= sizeof(f->suffix) || target->n_avoid > PORT_AVOID_MAX)
                return -EINVAL;
        for (; f->n_avoid < target->n_avoid; f->n_avoid++)
                (void)snprintf(f->avoid[f->n_avoid], sizeof(f->avoid[0]), "%s", target->avoid[f->n_avoid]);
        f->error = -find_watch(f, r->loop, r->dir);
        if (f->error < 0)
                f->error = 0;
        n = sd_event_add_defer(r->loop, &f->first, find_first_look, f);
        if (n < 0)
                return n;
        *ret = TAKE_PTR(op);
        return 0;
}

/* link */

static void link_free(struct radio_link *link)
{
        struct sim_link *l = container_of(link, struct sim_link, link);

        sd_event_source_disable_unref(l->source);
        closep(&l->fd);
        free(l);
}

static int link_write(struct radio_link *link, const uint8_t *data, size_t len)
{
        struct sim_link *l = container_of(link, struct sim_link, link);

        if (send(l->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
                return 0;
        if (errno != EAGAIN && errno != ENOBUFS)
                return -ENOTCONN;
        l->blocked = true;
        (void)sd_event_source_set_io_events(l->source, EPOLLIN | EPOLLOUT);
        return -EAGAIN;
}

static const struct radio_link_ops sim_link_ops = { .write = link_write, .free = link_free };

static void link_lost(struct sim_link *l, const struct trouble *why)
{
        l->source = sd_event_source_disable_unref(l->source);
        l->link.events->on_lost(l->link.userdata, why);
}

static void link_receive(struct sim_link *l)
{
        uint8_t data[RADIO_WRITE_MAX];
        ssize_t n = recv(l->fd, data, sizeof(data), MSG_DONTWAIT | MSG_TRUNC);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (n <= 0)
                link_lost(l, &(struct trouble){ .fault = FAULT_LINK_LOST });
        else if ((size_t)n > sizeof(data))
                link_lost(l, &(struct trouble){ FAULT_LINK_PROTOCOL,
                                                "a notification was longer than 244 bytes" });
        else
                l->link.events->on_data(l->link.userdata, data, (size_t)n);
}

static int link_on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct sim_link *l = userdata;

        (void)source;
        (void)fd;
        if (l->blocked && (revents & EPOLLOUT)) {
                l->blocked = false;
                (void)sd_event_source_set_io_events(l->source, EPOLLIN);
                l->link.events->on_writable(l->link.userdata);
                return 0; /* the link may be gone; what came in is still there at the next turn */
        }
        link_receive(l);
        return 0;
}

/* connect */

static void connect_free(struct op *op)
{
        struct sim_connect *c = container_of(op, struct sim_connect, op);

        sd_event_source_disable_unref(c->source);
        closep(&c->fd);
        free(c);
}

static void connect_fail(struct sim_connect *c, const char *cause)
{
        struct answer failed = {};

        c->source = sd_event_source_disable_unref(c->source);
        (void)trouble_set(&failed.trouble, FAULT_BT_CONNECT, "%s", cause);
        c->done(c->userdata, &failed, NULL);
}

static int connect_on_error(sd_event_source *source, void *userdata)
{
        struct sim_connect *c = userdata;

        (void)source;
        connect_fail(c, c->error == EAGAIN ? "another connection to it is waiting" : strerror(c->error));
        return 0;
}

static int link_new(struct sim_connect *c, uint8_t version, struct sim_link **ret)
{
        struct sim_link *l = calloc(1, sizeof(*l));
        int r;

        if (!l)
                return -ENOMEM;
        *l = (struct sim_link){
                .link = { .ops = &sim_link_ops, .max_write = RADIO_WRITE_MAX, .version = version }, .fd = -1
        };
        r = sd_event_add_io(sd_event_source_get_event(c->source), &l->source, c->fd, EPOLLIN, link_on_io, l);
        if (r < 0) {
                link_free(&l->link);
                return r;
        }
        l->fd = TAKE_FD(c->fd);
        *ret = l;
        return 0;
}

static int connect_on_version(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct sim_connect *c = userdata;
        struct sim_link *l = NULL;
        uint8_t version[2];
        ssize_t n = recv(fd, version, sizeof(version), MSG_DONTWAIT | MSG_TRUNC);

        (void)source;
        (void)revents;
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n != 1) {
                connect_fail(c, n <= 0 ? "it closed the connection at once" : "it did not tell its version");
                return 0;
        }
        (void)sd_event_source_set_enabled(c->source, SD_EVENT_OFF);
        if (link_new(c, version[0], &l) < 0) {
                connect_fail(c, "out of memory");
                return 0;
        }
        c->source = sd_event_source_disable_unref(c->source);
        c->done(c->userdata,
                &(struct answer){ .link = &(struct port_link){ .version = l->link.version,
                                                               .max_write = l->link.max_write } },
                &l->link);
        return 0;
}

static int connect_socket(const char *dir, const char *name, int *ret_fd)
{
        struct sockaddr_un sa = { .sun_family = AF_UNIX };
        _cleanup_(closep) int fd = -1, dir_fd = -1;
        int n;

        dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
        fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (dir_fd < 0 || fd < 0)
                return -errno;
        n = snprintf(sa.sun_path, sizeof(sa.sun_path), "/proc/self/fd/%d/%s", dir_fd, name);
        if (n < 0 || (size_t)n >= sizeof(sa.sun_path))
                return -ENAMETOOLONG;
        if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
                return -errno;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

static int sim_connect(struct radio *radio, const char *address, radio_connect_fn done, void *userdata,
                       struct op **ret)
{
        struct radio_sim *r = container_of(radio, struct radio_sim, radio);
        _cleanup_(op_freep) struct op *op = NULL;
        struct sim_connect *c;
        int n;

        c = calloc(1, sizeof(*c));
        if (!c)
                return -ENOMEM;
        *c = (struct sim_connect){ .op.free = connect_free, .done = done, .userdata = userdata, .fd = -1 };
        op = &c->op;
        c->error = -connect_socket(r->dir, address, &c->fd);
        if (c->error == 0)
                n = sd_event_add_io(r->loop, &c->source, c->fd, EPOLLIN, connect_on_version, c);
        else
                n = sd_event_add_defer(r->loop, &c->source, connect_on_error, c);
        if (n < 0)
                return n;
        *ret = TAKE_PTR(op);
        return 0;
}

static int sim_check(struct radio *radio, answer_fn done, void *userdata, struct op **ret)
{
        struct radio_sim *r = container_of(radio, struct radio_sim, radio);

        return radio_sim_check(r->loop, r->dir, done, userdata, ret);
}

static int sim_listen(struct radio *radio, radio_heard_fn told, void *userdata, struct op **ret)
{
        struct radio_sim *r = container_of(radio, struct radio_sim, radio);

        return radio_sim_listen(r->loop, r->dir, told, userdata, ret);
}

/* life */

static void sim_free(struct radio *radio)
{
        free(container_of(radio, struct radio_sim, radio));
}

static const struct radio_ops sim_ops = {
        .check = sim_check, .find = sim_find, .listen = sim_listen, .connect = sim_connect, .free = sim_free
};

int radio_sim_new(sd_event *loop, const char *dir, struct radio **ret)
{
        struct radio_sim *r = calloc(1, sizeof(*r) + strlen(dir) + 1);

        if (!r)
                return -ENOMEM;
        r->radio.ops = &sim_ops;
        r->loop = loop;
        memcpy(r->dir, dir, strlen(dir) + 1);
        *ret = &r->radio;
        return 0;
}
