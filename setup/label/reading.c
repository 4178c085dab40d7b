/* SPDX-License-Identifier: Apache-2.0 */

/* From a path to a label. Everything that can be wrong with a file, a picture, the child or the codes in it
 * ends as one fault and one sentence here.
 *
 * The child's answer is read only after the child has closed its end (POLLHUP): then reading cannot block,
 * whatever the child wrote, and it goes straight into guarded memory. */

#include "setup/label/reading.h"
#include "proto/base/file.h"
#include "setup/label/child.h"
#include "setup/label/source.h"
#include "setup/label/verdict.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

struct label_reader {
        char *name; /* of the picture, for people */
        pid_t pid;  /* 0: no child */
        int answer; /* reading end of the child's output */
        int64_t deadline_ms;
        unsigned timeout_ms;
        struct trouble trouble; /* of starting */
};

void label_reading_done(struct label_reading *r)
{
        label_done(&r->label);
        for (size_t i = 0; i < r->n_codes; i++)
                secret_free(r->codes[i].text);
        *r = (struct label_reading){ 0 };
}

static int64_t now_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Takes over one text. Becomes `label` if it is one, else says why not. */
static int take_text(const char *name, const char *text, size_t len, struct label_reading *r)
{
        struct plain plain = { text, len };
        struct trouble why;
        int error;

        error = plain_begin(&plain, &why);
        if (error >= 0)
                error = label_parse(plain.at, plain.len, &r->label, &why);
        if (error != -EINVAL)
                return error;
        (void)trouble_set(&r->trouble, why.fault, "%s: %s", name, why.cause);
        return 0;
}

static const char *name_of(const char *path, const char *standard_input)
{
        return strcmp(path, "-") == 0 ? standard_input : path;
}

/* ---- a text file ---- */

static int wait_for(const struct source *s)
{
        struct pollfd p = { .fd = source_fd(s), .events = POLLIN };

        return poll(&p, 1, source_timeout_ms(s)) < 0 && errno != EINTR ? -errno : 0;
}

int label_read_file(const char *path, struct label_reading *ret)
{
        _cleanup_(source_freep) struct source *s = NULL;
        _cleanup_(scan_done) struct scan scan = { 0 };
        struct label_reading reading = { 0 };
        int r, event = SOURCE_NOTHING;

        r = source_open_file(path, &s);
        while (r >= 0 && event == SOURCE_NOTHING) {
                r = wait_for(s);
                if (r >= 0)
                        r = event = source_dispatch(s, &scan);
        }
        if (event == SOURCE_SCAN)
                r = take_text(scan.from, secret_text(scan.text), secret_len(scan.text), &reading);
        if (r < 0)
                return r;
        if (event == SOURCE_REFUSED)
                reading.trouble = *source_trouble(s);
        *ret = reading;
        return 0;
}

/* ---- the codes of a picture ---- */

static int keep_codes(const struct verdict *v, struct label_reading *r)
{
        for (size_t i = 0; i < v->n; i++) {
                int error = secret_new(v->code[i].text, v->code[i].len, &r->codes[i].text);

                if (error < 0)
                        return error;
                r->codes[i].symbology = v->code[i].symbology;
                r->n_codes++;
        }
        return 0;
}

static bool same_label(const struct label *a, const struct label *b)
{
        return strcmp(a->serial, b->serial) == 0 && secret_equal(a->mobile_secret, b->mobile_secret);
}

/* A second label with another text: the cause lists the serial numbers, so that the person sees which. */
static void add_ambiguity(const char *name, const struct label *other, struct label_reading *r)
{
        if (r->trouble.fault == FAULT_NONE)
                (void)trouble_set(&r->trouble, FAULT_LABEL_AMBIGUOUS, "%s: %s", name, r->label.serial);
        trouble_add(&r->trouble, ", %s", other->serial);
}

/* Takes the labels out of the codes; *ret_n is how many different ones there are. */
static int choose_label(const char *name, struct label_reading *r, size_t *ret_n)
{
        size_t n = 0;

        for (size_t i = 0; i < r->n_codes; i++) {
                const struct secret *text = r->codes[i].text;
                struct label l = { 0 };
                struct trouble why;
                int error = label_parse(secret_text(text), secret_len(text), &l, &why);

                if (error == -EINVAL)
                        continue;
                if (error < 0)
                        return error;
                if (n == 0) {
                        r->label = l;
                        n = 1;
                        continue;
                }
                if (!same_label(&r->label, &l)) {
                        add_ambiguity(name, &l, r);
                        n++;
                }
                label_done(&l);
        }
        if (r->trouble.fault == FAULT_LABEL_AMBIGUOUS)
                label_done(&r->label);
        *ret_n = n;
        return 0;
}

/* -ENOENT: none, or two that differ. */
static int find_called(const struct label_reading *r, const char *serial, struct label *ret)
{
        struct label found = { 0 };
        int error = 0;

        for (size_t i = 0; i < r->n_codes && error >= 0; i++) {
                const struct secret *text = r->codes[i].text;
                struct label l = { 0 };
                struct trouble why;

                error = label_parse(secret_text(text), secret_len(text), &l, &why);
                if (error == -EINVAL)
                        error = 0;
                else if (error >= 0 && label_is_called(&l, serial) && !found.mobile_secret) {
                        found = l;
                        l = (struct label){ 0 };
                } else if (error >= 0 && label_is_called(&l, serial) && !same_label(&found, &l))
                        error = -ENOENT;
                label_done(&l);
        }
        if (error >= 0 && !found.mobile_secret)
                error = -ENOENT;
        if (error < 0)
                label_done(&found);
        else
                *ret = found;
        return error;
}

int label_reading_choose(struct label_reading *r, const char *serial)
{
        int error;

        if (r->trouble.fault != FAULT_LABEL_AMBIGUOUS)
                return -ENOENT;
        error = find_called(r, serial, &r->label);
        if (error >= 0)
                r->trouble = (struct trouble){ 0 };
        return error;
}

/* No label among the codes: a serial number alone tells most, then any other data matrix. */
static int take_codes(const char *name, struct label_reading *r)
{
        const struct secret *told = NULL;

        for (size_t i = 0; i < r->n_codes; i++) {
                const struct secret *text = r->codes[i].text;
                bool serial = label_check(secret_text(text), secret_len(text)) == FAULT_LABEL_NO_SECRET;

                if (serial || (!told && r->codes[i].symbology == LABEL_DATA_MATRIX))
                        told = text;
                if (serial)
                        break;
        }
        if (told)
                return take_text(name, secret_text(told), secret_len(told), r);
        (void)trouble_set(&r->trouble, FAULT_LABEL_UNREADABLE,
                          "%s: there is a QR code, but the code of a device is the small square data matrix",
                          name);
        return 0;
}

static void refuse_without_code(const char *name, const struct verdict *v, struct trouble *ret)
{
        (void)trouble_set(ret, FAULT_LABEL_UNREADABLE, "%s: no code found in %u x %u pixels%s", name,
                          v->width, v->height,
                          v->damaged                          ? "; the file is damaged or cut off"
                          : v->width < 200 || v->height < 200 ? "; the picture is very small"
                                                              : "");
}

static int take_picture(const char *name, const struct verdict *v, struct label_reading *r)
{
        size_t labels;
        int error;

        r->width = v->width;
        r->height = v->height;
        error = keep_codes(v, r);
        if (error >= 0)
                error = choose_label(name, r, &labels);
        if (error < 0 || labels > 0)
                return error;
        if (r->n_codes > 0)
                return take_codes(name, r);
        refuse_without_code(name, v, &r->trouble);
        return 0;
}

static const char *sentence_of(enum verdict_kind kind)
{
        switch (kind) {
        case VERDICT_NO_SANDBOX:
                return "the kernel does not let the picture decoder lock itself in (seccomp)";
        case VERDICT_READ_FAILED: return "reading failed";
        case VERDICT_EMPTY: return "the file is empty";
        case VERDICT_FILE_TOO_LONG: return "the file is too long for a picture (200 MB at most)";
        case VERDICT_NO_PICTURE: return "this is no PNG, JPEG, HEIC, WebP, PGM or PPM picture";
        case VERDICT_NO_CODEC:
                return "the HEIF library of this machine has no decoder for it (HEIC needs HEVC, AVIF needs "
                       "AV1): share or save it as JPEG";
        case VERDICT_OTHER_FORMAT:
                return "this is a picture of a format that is not read (GIF, TIFF, BMP, an animated WebP): "
                       "save it as PNG or JPEG";
        case VERDICT_FILM: return "this is a film: take a photograph, or save one picture of it as JPEG";
        case VERDICT_PDF: return "this is a PDF: save the page, or a screenshot of it, as PNG";
        case VERDICT_TOO_MANY_PIXELS:
                return "the picture is too large (64 megapixels at most): crop or shrink it";
        case VERDICT_DAMAGED: return "the picture is damaged";
        case VERDICT_NO_MEMORY: return "the picture needs too much memory: crop or shrink it";
        case VERDICT_PICTURE:
        case _VERDICT_MAX: break;
        }
        return "";
}

static int take_verdict(const char *name, const struct verdict *v, struct label_reading *r)
{
        if (v->kind == VERDICT_PICTURE)
                return take_picture(name, v, r);
        (void)trouble_set(&r->trouble,
                          v->kind == VERDICT_NO_SANDBOX ? FAULT_INTERNAL : FAULT_LABEL_UNREADABLE, "%s: %s",
                          name, sentence_of(v->kind));
        return 0;
}

/* ---- the reader ---- */

/* Nothing waits here for the writer of a FIFO: the child does. */
static int open_picture(struct label_reader *r, const char *path)
{
        int fd = file_open(path);

        if (fd < 0)
                (void)trouble_set(&r->trouble, FAULT_CONFIG, "cannot open the picture %s: %s", r->name,
                                  fd == -EISDIR ? "it is a directory" : file_words(fd));
        return fd;
}

static int start_child(struct label_reader *r, const char *path, unsigned want)
{
        _cleanup_(closep) int fd = open_picture(r, path);
        int error;

        if (fd < 0)
                return 0;
        error = child_start(fd, want & LABEL_WANT_QR, &r->pid, &r->answer);
        if (error == -ENOENT) {
                (void)trouble_set(&r->trouble, FAULT_INTERNAL,
                                  "the program usher-decode is missing: install usher completely");
                return 0;
        }
        return error;
}

/* A reader that failed to start has a pipe without a writer: that is ready at once, as for any other answer.
 */
static int start_hung_up(int *ret_answer)
{
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        (void)close(ends[1]);
        *ret_answer = ends[0];
        return 0;
}

int label_reader_start(const char *path, unsigned want, unsigned timeout_ms, struct label_reader **ret)
{
        _cleanup_(label_reader_freep) struct label_reader *r = calloc(1, sizeof(*r));
        int error;

        if (!r)
                return -ENOMEM;
        r->answer = -1;
        r->timeout_ms = timeout_ms;
        r->deadline_ms = now_ms() + timeout_ms;
        r->name = strdup(name_of(path, "standard input"));
        if (!r->name)
                return -ENOMEM;
        error = start_child(r, path, want);
        if (error >= 0 && r->answer < 0)
                error = start_hung_up(&r->answer);
        if (error < 0)
                return error;
        *ret = TAKE_PTR(r);
        return 0;
}

int label_reader_fd(const struct label_reader *r)
{
        return r->answer;
}

int label_reader_timeout_ms(const struct label_reader *r)
{
        int64_t left = r->deadline_ms - now_ms();

        return left > 0 ? (int)left : 0;
}

static void refuse_silence(const struct label_reader *r, int status, struct trouble *ret)
{
        if (status >= 0 && WIFSIGNALED(status))
                (void)trouble_set(ret, FAULT_LABEL_UNREADABLE, "%s: the picture decoder crashed on it (%s)",
                                  r->name, strsignal(WTERMSIG(status)));
        else
                (void)trouble_set(ret, FAULT_LABEL_UNREADABLE,
                                  "%s: the picture decoder ended without an answer (status %d)", r->name,
                                  status >= 0 ? WEXITSTATUS(status) : -1);
}

/* The child has closed its end: takes its answer and its end. */
static int finish(struct label_reader *r, struct label_reading *reading)
{
        _cleanup_(secret_freep) struct secret *answer = NULL;
        struct verdict v;
        int error, status;

        error = secret_read(r->answer, VERDICT_SIZE_MAX, &answer);
        status = child_end(r->pid);
        r->pid = 0;
        if (error == -ENOMEM)
                return error;
        if (error < 0 || verdict_parse(secret_bytes(answer), secret_len(answer), &v) < 0) {
                refuse_silence(r, status, &reading->trouble);
                return 0;
        }
        return take_verdict(r->name, &v, reading);
}

static void give_up(struct label_reader *r, struct trouble *ret)
{
        (void)child_end(r->pid);
        r->pid = 0;
        (void)trouble_set(ret, FAULT_LABEL_UNREADABLE, "%s: reading the picture took longer than %u ms",
                          r->name, r->timeout_ms);
}

int label_reader_dispatch(struct label_reader *r, struct label_reading *ret)
{
        struct pollfd p = { .fd = r->answer };
        struct label_reading reading = { 0 };
        int error = 0;

        if (r->trouble.fault != FAULT_NONE)
                reading.trouble = r->trouble;
        else if (poll(&p, 1, 0) > 0)
                error = finish(r, &reading);
        else if (label_reader_timeout_ms(r) == 0)
                give_up(r, &reading.trouble);
        else
                return 0;
        if (error < 0) {
                label_reading_done(&reading);
                return error;
        }
        *ret = reading;
        return 1;
}

struct label_reader *label_reader_free(struct label_reader *r)
{
        if (!r)
                return NULL;
        if (r->pid > 0)
                (void)child_end(r->pid);
        closep(&r->answer);
        free(r->name);
        free(r);
        return NULL;
}

int label_read_image(const char *path, unsigned want, unsigned timeout_ms, struct label_reading *ret)
{
        _cleanup_(label_reader_freep) struct label_reader *r = NULL;
        int done;

        done = label_reader_start(path, want, timeout_ms, &r);
        if (done < 0)
                return done;
        do {
                struct pollfd p = { .fd = label_reader_fd(r) };

                if (poll(&p, 1, label_reader_timeout_ms(r)) < 0 && errno != EINTR)
                        return -errno;
                done = label_reader_dispatch(r, ret);
        } while (done == 0);
        return done < 0 ? done : 0;
}

int label_decoder_find(void)
{
        return child_find();
}
