// Folders on the disk: making, syncing and removing them.
#include "storage/internal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

bool folder_sync(str path)
{
    path_buffer z;
    if (!path_z(z, path)) return false;
    int fd = open(z, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    // Some network and FUSE file systems cannot sync a folder and say so with one of these.
    bool done = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS || errno == EROFS;
    int error = errno;
    close(fd);
    errno = error;
    return done;
}

static bool make(str path, bool synced)
{
    path_buffer z;
    if (!path_z(z, path)) return false;
    if (mkdir(z, 0777) == 0) return !synced || folder_sync(path_parent(path));
    if (errno == EEXIST) {
        struct stat st;
        if (stat(z, &st) != 0) return false;
        errno = ENOTDIR;
        return S_ISDIR(st.st_mode);
    }
    if (errno != ENOENT || str_is(path, "/")) return false;
    if (!make(path_parent(path), synced)) return false;
    if (mkdir(z, 0777) != 0 && errno != EEXIST) return false;
    return !synced || folder_sync(path_parent(path));
}

bool folder_make(str path)
{
    return make(path, true);
}

static bool is_below(str folder, str root)
{
    return folder.n > root.n && str_starts(folder, root) && (folder.at[root.n] == '/' || str_is(root, "/"));
}

bool folder_make_below(str path, str root)
{
    return make(path, !is_below(path, root));
}

bool folder_sync_below(str path, str root)
{
    if (!folder_sync(path)) return false;
    while (is_below(path, root)) {
        path = path_parent(path);
        if (!folder_sync(path) && errno != EACCES) return false;
    }
    return true;
}

bool path_is_on_same_mount(str a, str b)
{
    path_buffer za, zb;
    struct statx sa, sb;
    unsigned mask = STATX_BASIC_STATS | STATX_MNT_ID;
    if (!path_z(za, a) || statx(AT_FDCWD, za, 0, mask, &sa) != 0) return false;
    if (!path_z(zb, b) || statx(AT_FDCWD, zb, 0, mask, &sb) != 0) return false;
    // Two bind mounts of one file system have the same device, but a rename between them is refused.
    if (sa.stx_mask & sb.stx_mask & STATX_MNT_ID && sa.stx_mnt_id != sb.stx_mnt_id) return false;
    return sa.stx_dev_major == sb.stx_dev_major && sa.stx_dev_minor == sb.stx_dev_minor;
}

bool tree_remove(int folder, const char *name)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT) return true;
    if (errno != EISDIR && errno != EPERM) return false;

    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        int error = errno;
        if (fd >= 0) close(fd);
        errno = error;
        return false;
    }
    int error = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (!tree_remove(fd, e->d_name) && !error) error = errno;
    }
    closedir(dir);
    if (unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT && !error) error = errno;
    errno = error;
    return !error;
}
