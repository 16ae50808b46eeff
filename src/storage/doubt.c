// Files that were named but not settled. While a file waits for its commit, a note in the temporary folder (a link, named after the file's first
// name) says where it lies, and its maker holds a lock on it. A note without a holder is what a crash left.
#include "storage/internal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void note_make(const storage_file *f, str path)
{
    // Some network file systems know no locks or links. There a crash may leave a file that nobody knows.
    if (flock(f->fd, LOCK_EX | LOCK_NB) != 0 || symlink(path.at, f->note.at) != 0)
        log_debug("cannot note %.*s: %s", PR(path), strerror(errno));
}

void note_drop(str note)
{
    unlink(note.at);
}

static void let_go(void *arg)
{
    close(((storage_doubt *)arg)->fd);
}

// The file that the note speaks of, locked; -1: its maker lives, or there is none.
static int take_over(str note, str path)
{
    int fd = open(path.at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    if (fd >= 0) close(fd);
    // A note comes before its file; when no file has come in a day, none will.
    struct stat st;
    if (fd < 0 && errno == ENOENT && lstat(note.at, &st) == 0 && st.st_ctime < now() / SECOND - 86400) note_drop(note);
    return -1;
}

static void look_at(ctx *c, str note, storage_doubts *found)
{
    path_buffer target;
    ssize_t n = readlink(note.at, target, sizeof target);
    if (n <= 0 || n == sizeof target) return;
    str path = str_dup(c->mem, (str){target, (size_t)n});
    int fd = take_over(note, path);
    if (fd < 0) return;
    storage_doubt *d = new (c->mem, storage_doubt);
    *d = (storage_doubt){.path = path, .note = note, .fd = fd};
    defer(c, let_go, d);
    *push(c->mem, *found) = d;
}

storage_doubts storage_look_for_doubts(ctx *c, const storage *s)
{
    storage_doubts found = {0};
    strs notes = {0};
    DIR *dir = opendir(s->temporary.at);
    if (!dir) return found;
    for (struct dirent *e; (e = readdir(dir));) {
        if (str_ends(str_of(e->d_name), S(NOTE_SUFFIX))) *push(c->mem, notes) = str_fmt(c->mem, "%.*s/%s", PR(s->temporary), e->d_name);
    }
    closedir(dir);
    each (note, notes) look_at(c, *note, &found);
    return found;
}

bool storage_resolve(const storage_doubt *d, bool is_known)
{
    struct stat held, there;
    // Whoever does the same work again may have put another file there in the meantime; that one is not in doubt.
    bool same = fstat(d->fd, &held) == 0 && lstat(d->path.at, &there) == 0 && held.st_ino == there.st_ino && held.st_dev == there.st_dev;
    bool removed = same && !is_known && unlink(d->path.at) == 0;
    note_drop(d->note);
    return removed;
}
