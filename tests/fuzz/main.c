/* SPDX-License-Identifier: Apache-2.0 */

/* Runs a fuzz target over files: each argument is a file, or a folder whose files are taken. So the corpus
 * is an ordinary fast test with every compiler, and a crash that the fuzzer found is one command away. */

#include "proto/base/bytes.h"
#include "tests/fuzz/target.h"
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

enum { INPUT_MAX = 16 * 1024 * 1024 };

static unsigned inputs;

static void run_file(int folder, const char *name)
{
        _cleanup_(closep) int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
        struct stat st;
        uint8_t *data; /* exactly as large as the input, so that the sanitizer sees each byte too many */
        size_t len = 0;

        if (fd < 0 || fstat(fd, &st) < 0)
                err(1, "%s", name);
        if (st.st_size > INPUT_MAX)
                errx(1, "%s: larger than %d bytes", name, INPUT_MAX);
        data = malloc((size_t)st.st_size);
        if (!data && st.st_size)
                err(1, "malloc");
        while (len < (size_t)st.st_size) {
                ssize_t n = read(fd, data + len, (size_t)st.st_size - len);

                if (n <= 0)
                        err(1, "%s", name);
                len += (size_t)n;
        }
        LLVMFuzzerTestOneInput(data, len);
        free(data);
        inputs++;
}

static void run_folder(const char *path)
{
        _cleanup_(closep) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct dirent **entries;
        int n;

        n = fd < 0 ? -1 : scandirat(fd, ".", &entries, NULL, alphasort);
        if (n < 0)
                err(1, "%s", path);
        for (int i = 0; i < n; i++) {
                if (entries[i]->d_name[0] != '.')
                        run_file(fd, entries[i]->d_name);
                free(entries[i]);
        }
        free(entries);
}

int main(int argc, char **argv)
{
        struct stat st;

        LLVMFuzzerTestOneInput(NULL, 0);
        for (int i = 1; i < argc; i++) {
                if (stat(argv[i], &st) < 0)
                        err(1, "%s", argv[i]);
                if (S_ISDIR(st.st_mode))
                        run_folder(argv[i]);
                else
                        run_file(AT_FDCWD, argv[i]);
        }
        printf("%u inputs\n", inputs);
        return inputs ? 0 : 1;
}
