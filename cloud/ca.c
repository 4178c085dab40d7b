/* SPDX-License-Identifier: Apache-2.0 */

/* libcurl looks at the file with the first connection only, and what it says then does not name the file. So
 * it is looked at before. */

#include "cloud/ca.h"
#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_LEN = 1024 };

static int look(FILE *f)
{
        static const char begin[] = "-----BEGIN CERTIFICATE-----",
                          trusted[] = "-----BEGIN TRUSTED CERTIFICATE-----";
        char line[LINE_MAX_LEN];

        while (fgets(line, sizeof(line), f))
                if (strncmp(line, begin, sizeof(begin) - 1) == 0 ||
                    strncmp(line, trusted, sizeof(trusted) - 1) == 0)
                        return 0;
        return ferror(f) ? -errno : -ENODATA;
}

/* It is read twice, which no pipe can be. */
static const char *why(int error)
{
        return error == -ENODATA   ? "there is no certificate in it; it must be a PEM file"
               : error == -ENOTSUP ? "it must be a PEM file that can be read again, no pipe and no device"
                                   : file_words(error);
}

int cloud_ca_check(const char *path, struct trouble *ret_trouble)
{
        FILE *f;
        int fd, r;

        if (!path)
                return 0;
        fd = file_open_kept(path, O_RDONLY);
        f = fd < 0 ? NULL : fdopen(fd, "r");
        r = f ? look(f) : fd < 0 ? fd : -errno;
        if (f)
                (void)fclose(f);
        else if (fd >= 0)
                (void)close(fd);
        if (r == 0)
                return 0;
        return trouble_set(ret_trouble, FAULT_CONFIG, "%s (--cloud-ca): %s", path, why(r));
}
