// Moving a file: a rename where that is possible, a synced copy where it is not. Nothing is ever overwritten, and the source goes last.
#include "storage/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool copy_bytes(int from, int to)
{
    if (lseek(from, 0, SEEK_SET) < 0) return false;
    // Not every pair of file systems can do this, and some end early: whatever is left is done by hand, from where both stand.
    ssize_t in_kernel;
    while ((in_kernel = copy_file_range(from, NULL, to, NULL, 1 << 30, 0)) > 0 || (in_kernel < 0 && errno == EINTR)) {}
    enum { BLOCK = 256 << 10 };
    arena *mem = arena_new();
    char *block = arena_alloc_raw(mem, BLOCK);
    ssize_t n;
    while ((n = read(from, block, BLOCK)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        for (ssize_t at = 0; n > 0 && at < n;) {
            ssize_t done = write(to, block + at, (size_t)(n - at));
            if (done < 0 && errno == EINTR) continue;
            if (done < 0) n = -1;
            else at += done;
        }
        if (n < 0) break;
    }
    int error = errno;
    arena_free(mem);
    errno = error;
    return n == 0;
}

// rename() that does not overwrite, also on file systems without RENAME_NOREPLACE.
static bool rename_to_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS) return false;
    if (link(from, to) == 0) return unlink(from) == 0;
    if (errno != EPERM && errno != ENOTSUP && errno != EMLINK) return false;
    if (access(to, F_OK) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(from, to) == 0;
}

// A complete, synced copy under a name of its own, then the rename. A copy that a crash left half done is overwritten by the next try.
static bool copy_over(ctx *c, const char *from, const char *to)
{
    str part = str_fmt(c->mem, "%s.calotype-part", to);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) return false;
    struct stat st;
    int out = fstat(in, &st) == 0 ? open(part.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, st.st_mode & 0777) : -1;
    bool done = out >= 0 && copy_bytes(in, out) && futimens(out, (struct timespec[]){st.st_atim, st.st_mtim}) == 0 && fsync(out) == 0 &&
                rename_to_new(part.at, to);
    int error = errno;
    if (!done && out >= 0) unlink(part.at);
    if (out >= 0) close(out);
    close(in);
    errno = error;
    return done;
}

void storage_move(ctx *c, const storage *s, str from, str to)
{
    path_buffer a, b;
    str folder = path_parent(to);
    if (!path_z(a, from) || !path_z(b, to) || !folder_make_below(folder, s->root)) {
        fail(c, 500, "cannot move %.*s to %.*s: %s", PR(from), PR(to), strerror(errno));
    }
    bool moved = rename_to_new(a, b), copied = false;
    if (!moved && errno == EXDEV) moved = copied = copy_over(c, a, b);
    if (!moved) fail(c, 500, "cannot move %.*s to %.*s: %s", PR(from), PR(to), strerror(errno));
    if (!folder_sync_below(folder, s->root)) fail(c, 500, "cannot sync %.*s: %s", PR(folder), strerror(errno));
    if (copied && unlink(a) != 0) log_warn("cannot delete %.*s, which was copied to %.*s: %s", PR(from), PR(to), strerror(errno));
    folder_sync(path_parent(from));
}
