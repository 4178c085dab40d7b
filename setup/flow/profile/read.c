/* SPDX-License-Identifier: Apache-2.0 */

/* Reading a profile. inih takes sections and keys apart; values it never sees, because it would cut them at
 * " ;" and know no quotes, and would break a long line in two: what stands behind the '=' is read by
 * plain_value(), by the key's kind. */

#include "setup/flow/profile/read.h"
#include "proto/base/file.h"
#include "setup/flow/profile/check.h"
#include "setup/flow/profile/keys.h"
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

/* What inih's buffers hold of both, less brackets and NUL. */
enum { NAME_MAX_BYTES = 48, QR_TEXT_MAX = 512 };

/* the text */
struct reader {
        struct plain rest;
        unsigned line;
        struct plain value; /* of the line's key */
        struct profile *profile;
        const char *name; /* of the file; NULL: it has none */
        struct trouble *trouble;
        int e;
        char seen[64][96]; /* "section/key" of the values so far */
        size_t n_seen;
};

/* Puts file and line in front of what is wrong there. */
static int refuse_at(struct reader *r, unsigned line)
{
        const char *name = r->name ? r->name : "";

        return trouble_set(r->trouble, FAULT_CONFIG, "%s%sline %u: %s", name, *name ? ", " : "", line,
                           r->trouble->cause);
}

static int refuse_line(struct reader *r, const char *why)
{
        if (r->e == 0) {
                (void)trouble_set(r->trouble, FAULT_CONFIG, "%s", why);
                r->e = refuse_at(r, r->line);
        }
        return r->e;
}

/* Only the first word of a section is ours: "Wifi Guests" is the network "Guests". */
static char *put_name(char *to, const struct plain *name, bool all)
{
        bool ours = true;

        for (size_t i = 0; i < name->len; i++) {
                char c = name->at[i];

                ours &= all || c != ' ';
                *to++ = (char)(ours && c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        }
        return to;
}

/* "[name]", perhaps with a comment behind it */
static char *put_section(struct reader *r, const struct plain *line, char *to)
{
        const char *end = memchr(line->at, ']', line->len);
        struct plain name, behind;

        if (!end) {
                (void)refuse_line(r, "the ']' of the section is missing");
                return to;
        }
        name = (struct plain){ line->at + 1, (size_t)(end - line->at) - 1 };
        behind = (struct plain){ end + 1, line->len - name.len - 2 };
        plain_trim(&name);
        plain_trim(&behind);
        if (name.len > NAME_MAX_BYTES)
                (void)refuse_line(r, "the name of the section is too long");
        else if (behind.len && behind.at[0] != '#' && behind.at[0] != ';')
                (void)refuse_line(r, "there is more behind the ']' of the section");
        else
                to = stpcpy(put_name(stpcpy(to, "["), &name, false), "]");
        return to;
}

/* "key =", and the value is kept */
static char *put_key(struct reader *r, const struct plain *line, char *to)
{
        struct plain key = { line->at, 0 };

        while (key.len < line->len && line->at[key.len] != '=' && line->at[key.len] != ':')
                key.len++;
        if (key.len == line->len) {
                (void)refuse_line(r, "neither [section] nor key = value");
                return to;
        }
        r->value = (struct plain){ line->at + key.len + 1, line->len - key.len - 1 };
        plain_trim(&key);
        if (key.len == 0 || key.len > NAME_MAX_BYTES)
                (void)refuse_line(r, key.len ? "the name of the key is too long"
                                             : "a key is missing before the '='");
        else
                to = stpcpy(put_name(to, &key, true), " =");
        return to;
}

/* fgets() for inih. */
static char *next_line(char *to, int size, void *stream)
{
        struct reader *r = stream;
        const char *newline;
        struct plain line;
        char *end = to;

        if (r->rest.len == 0 || r->e < 0 || size < NAME_MAX_BYTES + 8)
                return NULL;
        r->line++;
        newline = memchr(r->rest.at, '\n', r->rest.len);
        line = (struct plain){ r->rest.at, newline ? (size_t)(newline - r->rest.at) : r->rest.len };
        r->rest.at += line.len + (newline ? 1 : 0);
        r->rest.len -= line.len + (newline ? 1 : 0);
        plain_trim(&line);
        if (line.len == 0 || line.at[0] == '#' || line.at[0] == ';')
                ;
        else if (line.at[0] == '[')
                end = put_section(r, &line, to);
        else
                end = put_key(r, &line, to);
        stpcpy(end, "\n");
        return r->e < 0 ? NULL : to;
}

static bool note_key(struct reader *r, const char *section, const char *key)
{
        char name[sizeof(r->seen[0])];

        snprintf(name, sizeof(name), "%s/%s", section, key);
        for (size_t i = 0; i < r->n_seen; i++)
                if (strcmp(r->seen[i], name) == 0)
                        return false;
        if (r->n_seen < ELEMENTSOF(r->seen))
                memcpy(r->seen[r->n_seen++], name, sizeof(name));
        return true;
}

/* Names may hold what begins a comment elsewhere. */
static bool is_free(const char *section, const char *key)
{
        const struct profile_key *k = profile_key_find(profile_section(section), key);

        return k && (k->kind == KEY_TEXT || k->kind == KEY_PLAIN || k->kind == KEY_NAME ||
                     k->kind == KEY_GROUPS || k->kind == KEY_SSID);
}

static int set_value(struct reader *r, const char *section, const char *key)
{
        _cleanup_(freep) char *value = NULL;
        struct plain text = r->value;
        int e = plain_value(&text, is_free(section, key), r->trouble);

        if (e < 0)
                return e;
        value = malloc(text.len + 1); /* no strndup(): the text has no end of its own */
        if (!value)
                return -ENOMEM;
        memcpy(value, text.at, text.len);
        value[text.len] = 0;
        return profile_set(r->profile, section, key, value, r->trouble);
}

static int on_value(void *userdata, const char *section, const char *key, const char *value)
{
        struct reader *r = userdata;

        (void)value; /* empty: it is in r->value */
        if (r->e < 0)
                return 0;
        if (!note_key(r, section, key)) {
                r->e = trouble_set(r->trouble, FAULT_CONFIG, "'%.60s' is given twice", key);
        } else if (!section[0]) {
                r->e = trouble_set(r->trouble, FAULT_CONFIG, "'%.60s' stands before the first [section]",
                                   key);
        } else {
                r->e = set_value(r, section, key);
        }
        if (r->e == -EINVAL)
                (void)refuse_at(r, r->line);
        return r->e == 0;
}

static int parse(const char *name, const char *text, size_t len, struct profile *ret,
                 struct trouble *ret_trouble)
{
        struct profile p = {};
        struct reader r = { .rest = { text, len }, .name = name, .profile = &p, .trouble = ret_trouble };
        int line;

        if (len > PROFILE_TEXT_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG, "longer than %d bytes", PROFILE_TEXT_MAX);
        if (plain_begin(&r.rest, ret_trouble) < 0)
                return trouble_set(ret_trouble, FAULT_CONFIG, "%s%s%s", name ? name : "", name ? ": " : "",
                                   ret_trouble->cause);
        line = ini_parse_stream(next_line, &r, on_value, &r);
        if (r.e == 0 && line != 0) {
                (void)trouble_set(ret_trouble, FAULT_CONFIG, "the line is not understood");
                r.e = refuse_at(&r, line > 0 ? (unsigned)line : 0);
        }
        if (r.e < 0) {
                profile_done(&p);
                return r.e;
        }
        *ret = p;
        return 0;
}

int profile_parse(const char *text, size_t len, struct profile *ret, struct trouble *ret_trouble)
{
        return parse(NULL, text, len, ret, ret_trouble);
}

/* files */
static int read_secret(const char *folder, const char *file, size_t max,
                       int (*take)(struct plain *text, struct trouble *ret_trouble), struct secret **ret,
                       struct trouble *ret_trouble)
{
        _cleanup_(freep) char *path = NULL;

        if (file[0] == '/' || strcmp(file, "-") == 0)
                path = strdup(file);
        else if (asprintf(&path, "%s/%s", folder, file) < 0)
                path = NULL;
        if (!path)
                return -ENOMEM;
        return secret_read_plain(path, max, take, ret, ret_trouble);
}

/* Moves one secret from its file to its place in `holder`, a profile or a network. */
static int take_secret(const char *folder, const struct profile_key *key, void *holder,
                       struct trouble *ret_trouble)
{
        char **file = (char **)((char *)holder + key->offset);
        struct secret **to = (struct secret **)((char *)holder + key->secret), *secret;
        int e;

        if (!*file)
                return 0;
        e = read_secret(folder, *file, (size_t)key->limit,
                        key->kind == KEY_WORD_FILE ? plain_word : plain_password, &secret, ret_trouble);
        if (e < 0)
                return e;
        secret_free(*to);
        *to = secret;
        free(TAKE_PTR(*file));
        return 0;
}

/* The code says everything about the network: it takes the place of what stood there. */
static int take_qr(const char *folder, struct wifi_network *n, struct trouble *ret_trouble)
{
        _cleanup_(secret_freep) struct secret *text = NULL;
        struct wifi_network read;
        int e;

        if (!n->qr_file)
                return 0;
        if (n->ssid_len > 0 || n->password_file)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "qr-file names a network; ssid and password-file do not go with it");
        e = read_secret(folder, n->qr_file, QR_TEXT_MAX, plain_code, &text, ret_trouble);
        if (e >= 0)
                e = wifi_network_from_qr(secret_text(text), secret_len(text), &read, ret_trouble);
        if (e < 0)
                return e;
        wifi_network_done(n);
        *n = read;
        return 0;
}

static int take_wifi_secret(const char *folder, const struct profile_key *key, struct profile *p,
                            struct trouble *ret_trouble)
{
        int e = 0;

        for (size_t i = 0; i < p->n_networks && e >= 0; i++)
                e = take_secret(folder, key, &p->networks[i], ret_trouble);
        return e;
}

int profile_read_secrets(struct profile *p, const char *folder, struct trouble *ret_trouble)
{
        const struct profile_key *key;
        int e = 0;

        for (size_t i = 0; i < p->n_networks && e >= 0; i++)
                e = take_qr(folder, &p->networks[i], ret_trouble);
        for (size_t i = 0; e >= 0 && (key = profile_key(i)); i++) {
                if (!profile_key_is_secret(key))
                        continue;
                if (strcmp(key->section, "wifi") == 0)
                        e = take_wifi_secret(folder, key, p, ret_trouble);
                else
                        e = take_secret(folder, key, p, ret_trouble);
        }
        return e;
}

static int read_text(const char *path, char *to, size_t size, size_t *ret_len)
{
        _cleanup_(closep) int fd = file_open(path);

        return fd < 0 ? fd : file_read_all(fd, to, size, ret_len);
}

int profile_load(const char *path, struct profile *ret, struct trouble *ret_trouble)
{
        _cleanup_(freep) char *text = malloc(PROFILE_TEXT_MAX + 1), *folder = strdup(path);
        struct profile p;
        char *slash;
        size_t len = 0;
        int e;

        if (!text || !folder)
                return -ENOMEM;
        e = read_text(path, text, PROFILE_TEXT_MAX + 1, &len);
        if (e < 0) {
                (void)file_trouble(path, e, ret_trouble);
                return e;
        }
        e = parse(path, text, len, &p, ret_trouble);
        if (e < 0)
                return e;
        slash = strrchr(folder, '/');
        if (slash)
                slash[slash == folder ? 1 : 0] = 0;
        e = profile_read_secrets(&p, slash ? folder : ".", ret_trouble);
        if (e >= 0)
                e = profile_check(&p, ret_trouble);
        if (e < 0) {
                profile_done(&p);
                return e;
        }
        *ret = p;
        return 0;
}
