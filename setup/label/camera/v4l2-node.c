/* SPDX-License-Identifier: Apache-2.0 */

/* A camera has several nodes; one takes pictures, one tells about them (uvcvideo's metadata), and only the
 * capabilities of the node itself tell which is which. What cannot be used is told with what to do: a camera
 * that another program has, one that belongs to a group, one whose formats nobody here reads. */

#include "proto/base/cleanup.h"
#include "proto/base/file.h"
#include "setup/label/camera/v4l2-private.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { VIDEO_MAJOR = 81, HOLDER_MAX = 64 };

int v4l2_call(int fd, unsigned long request, void *argument)
{
        int r;

        do
                r = ioctl(fd, request, argument);
        while (r < 0 && errno == EINTR);
        return r < 0 ? -errno : 0;
}

/* "cheese, process 123" */
static void name_process(int pid, char to[static HOLDER_MAX])
{
        char path[64], name[32] = "";
        FILE *f;

        (void)snprintf(path, sizeof(path), "/proc/%d/comm", pid);
        f = fopen(path, "re");
        if (f && fgets(name, sizeof(name), f))
                name[strcspn(name, "\n")] = 0;
        if (f)
                (void)fclose(f);
        (void)snprintf(to, HOLDER_MAX, "%s%sprocess %d", name, *name ? ", " : "", pid);
}

/* Who has the device open, as far as this user may see it. */
static void find_holder(const char *path, char to[static HOLDER_MAX])
{
        _cleanup_(freep) char *device = realpath(path, NULL);
        char target[V4L2_PATH_MAX];
        glob_t open_files;
        int pid;

        (void)snprintf(to, HOLDER_MAX, "another program");
        if (!device || glob("/proc/[0-9]*/fd/[0-9]*", GLOB_NOSORT, NULL, &open_files) != 0)
                return;
        for (size_t i = 0; i < open_files.gl_pathc; i++) {
                ssize_t n = readlink(open_files.gl_pathv[i], target, sizeof(target) - 1);

                target[n > 0 ? n : 0] = 0;
                if (strcmp(target, device) == 0 && sscanf(open_files.gl_pathv[i], "/proc/%d/", &pid) == 1 &&
                    pid != getpid()) {
                        name_process(pid, to);
                        break;
                }
        }
        globfree(&open_files);
}

int v4l2_node_refuse(const char *path, int error, struct trouble *ret)
{
        char holder[HOLDER_MAX];

        switch (-error) {
        case ENOENT:
        case ENODEV:
        case ENXIO:
                return trouble_set(
                        ret, FAULT_SCANNER,
                        "there is no camera %s: plug it in (ls /dev/video* has those that there are)", path);
        case EACCES:
        case EPERM:
                return trouble_set(ret, FAULT_SCANNER,
                                   "no permission to use the camera %s: add yourself to the group video "
                                   "(sudo usermod -aG video $USER, then log in again)",
                                   path);
        case EBUSY:
                find_holder(path, holder);
                return trouble_set(ret, FAULT_SCANNER, "the camera %s is in use by %s: end that first", path,
                                   holder);
        default:
                return trouble_set(ret, FAULT_SCANNER, "the camera %s cannot be used: %s", path,
                                   file_words(error));
        }
}

static bool takes_pictures(int fd)
{
        struct v4l2_capability c = { 0 };
        struct stat st;
        uint32_t caps;

        if (fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) || major(st.st_rdev) != VIDEO_MAJOR ||
            v4l2_call(fd, VIDIOC_QUERYCAP, &c) < 0)
                return false;
        caps = c.capabilities & V4L2_CAP_DEVICE_CAPS ? c.device_caps : c.capabilities;
        return caps & V4L2_CAP_VIDEO_CAPTURE && caps & V4L2_CAP_STREAMING;
}

int v4l2_node_open(const char *path, int *ret_fd, struct mode *ret_mode, struct trouble *ret_trouble)
{
        _cleanup_(closep) int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

        if (fd < 0)
                return v4l2_node_refuse(path, -errno, ret_trouble);
        if (!takes_pictures(fd)) {
                (void)trouble_set(
                        ret_trouble, FAULT_SCANNER,
                        "%s is no camera (one of several devices of a camera is: try --camera auto)", path);
                return -ENOTTY;
        }
        if (v4l2_mode_find(fd, path, ret_mode, ret_trouble) < 0)
                return -EINVAL;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

size_t v4l2_node_list(unsigned ret[static V4L2_NODES_MAX])
{
        DIR *dir = opendir("/dev");
        const struct dirent *e;
        size_t n = 0;

        while (dir && n < V4L2_NODES_MAX && (e = readdir(dir)) != NULL) {
                unsigned number;
                size_t at = n;
                char rest;

                if (sscanf(e->d_name, "video%u%c", &number, &rest) != 1)
                        continue;
                for (; at > 0 && ret[at - 1] > number; at--)
                        ret[at] = ret[at - 1];
                ret[at] = number;
                n++;
        }
        if (dir)
                (void)closedir(dir);
        return n;
}
