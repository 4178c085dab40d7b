/* SPDX-License-Identifier: Apache-2.0 */

/* The index is a table of file, category, size, parameters and text, with one heading line. */

#include "tests/unit/label/pictures.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

__attribute__((noreturn)) static void die(const char *path)
{
        perror(path);
        exit(1);
}

static void copy(char *to, size_t size, const char *from)
{
        (void)snprintf(to, size, "%s", from ? from : "");
}

static bool parse_row(const char *folder, char *line, struct picture *ret)
{
        char *rest = line, *file, *category;

        line[strcspn(line, "\n")] = 0;
        file = strsep(&rest, "\t");
        category = strsep(&rest, "\t");
        (void)strsep(&rest, "\t");
        (void)strsep(&rest, "\t");
        if (!category)
                return false;
        (void)snprintf(ret->path, sizeof(ret->path), "%s%s%s", *file == '/' ? "" : folder,
                       *file == '/' ? "" : "/", file);
        copy(ret->category, sizeof(ret->category), category);
        copy(ret->text, sizeof(ret->text), rest);
        return true;
}

const char *pictures_folder(int n, char *const *folders)
{
        for (int i = 0; i < n; i++) {
                char path[PATH_MAX];

                (void)snprintf(path, sizeof(path), "%s/index.tsv", folders[i]);
                if (access(path, R_OK) == 0)
                        return folders[i];
        }
        return NULL;
}

size_t pictures_list(const char *folder, struct picture **ret)
{
        struct picture *list = NULL;
        char path[PATH_MAX], line[1024];
        size_t n = 0;
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/index.tsv", folder);
        f = fopen(path, "re");
        if (!f)
                die(path);
        while (fgets(line, sizeof(line), f)) {
                if (strncmp(line, "file\t", 5) == 0)
                        continue;
                list = realloc(list, (n + 1) * sizeof(*list));
                if (!list)
                        die(path);
                if (parse_row(folder, line, &list[n]))
                        n++;
        }
        (void)fclose(f);
        *ret = list;
        return n;
}

uint8_t *pictures_read(const char *path, size_t *ret_len)
{
        FILE *f = fopen(path, "re");
        uint8_t *data;
        long len;

        if (!f || fseek(f, 0, SEEK_END) < 0)
                die(path);
        len = ftell(f);
        rewind(f);
        data = malloc((size_t)len + 1);
        if (!data || fread(data, 1, (size_t)len, f) != (size_t)len)
                die(path);
        (void)fclose(f);
        *ret_len = (size_t)len;
        return data;
}
