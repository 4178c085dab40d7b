/* SPDX-License-Identifier: Apache-2.0 */

/* One line per answer: "SERIAL DEVICE-ID PLATFORM ICCID-or-dash URL". A line goes out in one write to a file
 * opened for appending, which is whole or not there for every reader, so there is nothing to lock and
 * nothing to lose by a crash; a torn last line is simply not understood. */

#include "cloud/serials.h"
#include "cloud/url.h"
#include "proto/base/file.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static bool is_word(const char *text)
{
        size_t len = 0;

        while (isalnum((unsigned char)text[len]))
                len++;
        return len > 0 && len <= SERIAL_MAX && !text[len];
}

static bool is_url(const char *url)
{
        size_t len = 0;

        while (isgraph((unsigned char)url[len]))
                len++;
        return len > 0 && len <= SERIALS_URL_MAX && !url[len];
}

static bool read_line(char *line, const char *wanted_url, struct serial_entry *ret)
{
        struct serial_entry e = { .platform_id = 0 };
        char id[64], url[SERIALS_URL_MAX + 1];
        int end = 0;

        if (sscanf(line, "%32s %63s %u %32s %128s%n", e.serial, id, &e.platform_id, e.iccid, url, &end) !=
                    5 ||
            line[end] != '\n' || strcmp(url, wanted_url) != 0 || url_device_id(id, e.device_id) < 0 ||
            !is_word(e.serial))
                return false;
        if (strcmp(e.iccid, "-") == 0)
                e.iccid[0] = 0;
        else if (!is_word(e.iccid))
                return false;
        *ret = e;
        return true;
}

static void closef(FILE **f)
{
        if (*f)
                (void)fclose(*f);
}

int serials_find(const char *path, const char *url, const char *serial, struct serial_entry *ret)
{
        _cleanup_(closep) int fd = file_open_kept(path, O_RDONLY | O_NOFOLLOW);
        _cleanup_(closef) FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
        struct serial_entry e, found;
        bool any = false;
        char line[512];

        if (fd < 0 || !f)
                return fd < 0 ? fd : -errno;
        fd = -1; /* it is the stream's now */
        while (fgets(line, sizeof(line), f))
                if (read_line(line, url, &e) && strcmp(e.serial, serial) == 0) {
                        found = e;
                        any = true;
                }
        if (ferror(f))
                return -EIO;
        if (!any)
                return -ENOENT;
        *ret = found;
        return 0;
}

int serials_add(const char *path, const char *url, const struct serial_entry *entry)
{
        _cleanup_(closep) int fd = -1;
        char line[512], id[25];
        struct stat st;
        int len;

        if (!is_word(entry->serial) || url_device_id(entry->device_id, id) < 0 || !is_url(url) ||
            (entry->iccid[0] && !is_word(entry->iccid)))
                return -EINVAL;
        len = snprintf(line, sizeof(line), "%s %s %u %s %s\n", entry->serial, id, entry->platform_id,
                       entry->iccid[0] ? entry->iccid : "-", url);
        fd = file_open_kept(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW);
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (st.st_size + len > SERIALS_FILE_MAX && ftruncate(fd, 0) < 0)
                return -errno;
        return file_append(fd, line, (size_t)len);
}
