/* SPDX-License-Identifier: Apache-2.0 */

/* The codes of one picture, by way of the decoder (decoder.h). Everything that can be wrong with a path, a
 * picture or the decoder ends as one fault and one sentence here. */

#include "proto/base/file.h"
#include "setup/label/decoder.h"
#include "setup/label/source-private.h"
#include <errno.h>
#include <string.h>

struct picture_source {
        struct source source;
        struct decoder *decoder;
        bool is_own;   /* the decoder is */
        bool is_asked; /* the decoder is about it */
        bool is_wrong; /* SOURCE_REFUSED is still to come */
        size_t at, n;  /* the scans that are told, and all of them */
        struct scan scan[VERDICT_CODES_MAX];
};

static struct picture_source *picture_of(const struct source *s)
{
        return container_of((struct source *)s, struct picture_source, source);
}

static int picture_fd(const struct source *s)
{
        return decoder_fd(picture_of(s)->decoder);
}

static int picture_timeout_ms(const struct source *s)
{
        const struct picture_source *p = picture_of(s);

        return p->is_asked ? decoder_timeout_ms(p->decoder) : 0;
}

static void picture_free(struct source *s)
{
        struct picture_source *p = picture_of(s);

        for (size_t i = p->at; i < p->n; i++)
                scan_done(&p->scan[i]);
        if (p->is_asked)
                decoder_cancel(p->decoder);
        if (p->is_own)
                decoder_free(p->decoder);
        free(p);
}

static void refuse_without_code(const char *name, const struct verdict *v, struct trouble *ret)
{
        (void)trouble_set(ret, FAULT_LABEL_UNREADABLE, "%s: no code found in %u x %u pixels%s", name,
                          v->width, v->height,
                          v->damaged                          ? "; the file is damaged or cut off"
                          : v->width < 200 || v->height < 200 ? "; the picture is very small"
                                                              : "");
}

static const char *sentence_of(enum verdict_kind kind)
{
        switch (kind) {
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
        case VERDICT_NO_SANDBOX: /* the decoder's own trouble */
        case VERDICT_PICTURE:
        case _VERDICT_MAX: break;
        }
        return "";
}

static void refuse(struct picture_source *p, const struct verdict *v)
{
        const char *name = p->source.name;
        struct trouble *t = &p->source.trouble;

        p->is_wrong = true;
        if (v->kind == VERDICT_PICTURE)
                refuse_without_code(name, v, t);
        else
                (void)trouble_set(t, FAULT_LABEL_UNREADABLE, "%s: %s", name, sentence_of(v->kind));
}

static int take(struct picture_source *p, const struct verdict *v)
{
        if (v->kind != VERDICT_PICTURE || v->n == 0)
                refuse(p, v);
        for (size_t i = 0; i < v->n; i++) {
                struct secret *text;
                int r = secret_new(v->code[i].text, v->code[i].len, &text);

                if (r < 0)
                        return r;
                source_fill(&p->source, v->code[i].symbology, text, &p->scan[p->n++]);
        }
        return 0;
}

/* 1: the decoder is done with it. */
static int look(struct picture_source *p)
{
        struct verdict v;
        struct trouble why;
        int r = decoder_dispatch(p->decoder, &v, &why);

        if (r <= 0)
                return r;
        p->is_asked = false;
        if (why.fault == FAULT_NONE) {
                r = take(p, &v);
                return r < 0 ? r : 1;
        }
        p->is_wrong = true;
        (void)trouble_set(&p->source.trouble, why.fault, "%s: %s", p->source.name, why.cause);
        return 1;
}

static int picture_dispatch(struct source *s, struct scan *ret)
{
        struct picture_source *p = picture_of(s);
        int r = p->is_asked ? look(p) : 1;

        if (r <= 0)
                return r;
        if (p->is_wrong) {
                p->is_wrong = false;
                return SOURCE_REFUSED;
        }
        if (p->at == p->n)
                return SOURCE_END;
        *ret = p->scan[p->at++];
        return SOURCE_SCAN;
}

static const struct source_class picture_class = { .fd = picture_fd,
                                                   .timeout_ms = picture_timeout_ms,
                                                   .dispatch = picture_dispatch,
                                                   .free = picture_free };

static int picture_new(const char *name, struct decoder *decoder, struct picture_source **ret)
{
        struct picture_source *p = calloc(1, sizeof(*p));
        int r;

        if (!p)
                return -ENOMEM;
        r = source_init(&p->source, &picture_class, SOURCE_PICTURE, name);
        if (r < 0) {
                free(p);
                return r;
        }
        p->decoder = decoder;
        if (!decoder) {
                r = decoder_new(&p->decoder);
                p->is_own = r >= 0;
        }
        if (r < 0) {
                source_free(&p->source);
                return r;
        }
        *ret = p;
        return 0;
}

static int ask(struct picture_source *p, int fd, const struct picture_options *options)
{
        const struct request request = {
                .kind = REQUEST_PICTURE, .qr = options->qr, .still = true, .budget_ms = REQUEST_STILL_MS
        };
        int r = decoder_submit(p->decoder, fd, &request,
                               options->timeout_ms ? options->timeout_ms : DECODER_PICTURE_MS);

        p->is_asked = r >= 0;
        if (r != -ENOENT)
                return r;
        p->is_wrong = true;
        (void)trouble_set(&p->source.trouble, FAULT_INTERNAL,
                          "the program usher-decode is missing: install usher completely");
        return 0;
}

int source_open_picture_fd(int fd, const char *name, const struct picture_options *options,
                           struct source **ret)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct picture_source *p;
        int r;

        r = picture_new(name, options->decoder, &p);
        if (r < 0)
                return r;
        s = &p->source;
        r = ask(p, fd, options);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}

/* Nothing waits here for the writer of a FIFO: the decoder does. */
int source_open_picture(const char *path, const struct picture_options *options, struct source **ret)
{
        const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
        _cleanup_(closep) int fd = file_open(path);
        struct picture_source *p;
        int r;

        if (fd >= 0)
                return source_open_picture_fd(fd, name, options, ret);
        r = picture_new(name, options->decoder, &p);
        if (r < 0)
                return r;
        p->is_wrong = true;
        (void)trouble_set(&p->source.trouble, FAULT_CONFIG, "cannot open the picture %s: %s", name,
                          fd == -EISDIR ? "it is a directory" : file_words(fd));
        *ret = &p->source;
        return 0;
}
