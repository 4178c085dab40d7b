/* SPDX-License-Identifier: Apache-2.0 */

/* Runs a fuzz target over the files of a folder: the corpus as an ordinary test, in every build. */

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { INPUT_MAX = 1 << 20 };

static int run(const char *folder, const char *name)
{
        char path[4096];
        uint8_t *data;
        size_t len;
        FILE *f;

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        f = fopen(path, "re");
        data = malloc(INPUT_MAX);
        if (!f || !data) {
                fprintf(stderr, "%s: %s\n", path, strerror(errno));
                return -1;
        }
        len = fread(data, 1, INPUT_MAX, f);
        fclose(f);
        data = realloc(data, len ? len : 1); /* so that a sanitizer sees the end */
        (void)LLVMFuzzerTestOneInput(data, len);
        free(data);
        return 0;
}

int main(int argc, char **argv)
{
        DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
        unsigned n = 0;

        if (!d) {
                fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
                return 2;
        }
        for (struct dirent *e; (e = readdir(d));) {
                if (e->d_name[0] == '.')
                        continue;
                if (run(argv[1], e->d_name) < 0)
                        return 1;
                n++;
        }
        closedir(d);
        printf("%u inputs\n", n);
        return n > 0 ? 0 : 1;
}
