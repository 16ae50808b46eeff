// Storage on local disk: opening the media location, and files on their way into it.
#include "storage/internal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char give_rights[] =
    "Give the user that runs calotype the right to write there, or set IMMICH_MEDIA_LOCATION to another folder.";

// ---- the media location ----------------------------------------------------------------------------------------------------------

static bool is_note(const char *name)
{
    return str_ends(str_of(name), S(NOTE_SUFFIX));
}

void temporary_sweep(str temporary, time_t before)
{
    path_buffer z;
    DIR *dir = path_z(z, temporary) ? opendir(z) : NULL;
    if (!dir) return;
    int swept = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || is_note(e->d_name)) continue;
        struct stat st;
        if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || st.st_ctime >= before) continue;
        if (tree_remove(dirfd(dir), e->d_name)) swept++;
        else log_warn("cannot remove the leftover %.*s/%s: %s", PR(temporary), e->d_name, strerror(errno));
    }
    closedir(dir);
    if (swept) log_info("Removed what was never finished from %.*s: %d files", PR(temporary), swept);
}

storage *storage_open(ctx *c, str media_location)
{
    storage *s = new (c->mem, storage);
    s->root = path_normal(c->mem, media_location);
    if (!s->root.at) fail(c, 500, "the media location \"%.*s\" is not an absolute path", PR(media_location));

    str uploads = str_fmt(c->mem, "%.*s/%s", PR(s->root), storage_folder_name(FOLDER_UPLOAD));
    if (!folder_make(s->root)) fail_hint(c, 500, give_rights, "cannot create the media location %.*s: %s", PR(s->root), strerror(errno));
    // Files are born on the file system where most of them stay, so that keeping one is a rename.
    bool apart = storage_exists(uploads) && !path_is_on_same_mount(s->root, uploads);
    s->temporary = str_fmt(c->mem, "%.*s/.tmp", PR(apart ? uploads : s->root));
    path_buffer z;
    if (!folder_make(s->temporary) || access(path_z(z, s->temporary), W_OK | X_OK) != 0) {
        fail_hint(c, 500, give_rights, "cannot write to the media location %.*s: %s", PR(s->root), strerror(errno));
    }
    temporary_sweep(s->temporary, now() / SECOND - 86400); // what nobody has touched for a day belongs to nobody any more
    return s;
}

// ---- the marker files ------------------------------------------------------------------------------------------------------------

static const char see[] = "Please see https://docs.immich.app/administration/system-integrity#folder-checks for more information.";

static bool write_marker(const char *path, int flags)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)(now() / 1000));
    int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0666);
    if (fd < 0) return false;
    bool done = write(fd, text, (size_t)n) == n && (!(flags & O_CREAT) || fsync(fd) == 0);
    int error = errno;
    close(fd);
    errno = error;
    return done;
}

static void create_marker(ctx *c, storage_folder folder, str path, const char *marker)
{
    const char *name = storage_folder_name(folder);
    log_info("Writing initial mount file for the %s folder", name);
    if (folder_make(path) && write_marker(marker, O_CREAT | O_EXCL) && folder_sync(path)) return;
    if (errno == EEXIST) {
        log_warn("Found existing mount file, skipping creation");
        return;
    }
    log_error("cannot create %s: %s", marker, strerror(errno));
    fail(c, 500, "Failed to create \"<UPLOAD_LOCATION>/%s/.immich - %s", name, see);
}

void storage_verify(ctx *c, storage *s, bool known[FOLDER_COUNT])
{
    static const storage_folder order[] = {FOLDER_ENCODED_VIDEO, FOLDER_LIBRARY, FOLDER_UPLOAD,
                                           FOLDER_PROFILE,       FOLDER_THUMBS,  FOLDER_BACKUPS};
    for (size_t i = 0; i < countof(order); i++) {
        const char *name = storage_folder_name(order[i]);
        str path = str_fmt(c->mem, "%.*s/%s", PR(s->root), name);
        const char *marker = cstr(c->mem, str_cat(c->mem, path, S("/.immich")));
        if (!known[order[i]]) create_marker(c, order[i], path, marker);
        if (access(marker, R_OK) != 0) {
            log_error("cannot read %s: %s", marker, strerror(errno));
            fail(c, 500, "Failed to read: \"<UPLOAD_LOCATION>/%s/.immich (%s) - %s", name, marker, see);
        }
        if (!write_marker(marker, O_TRUNC)) {
            log_error("cannot write %s: %s", marker, strerror(errno));
            fail(c, 500, "Failed to write \"<UPLOAD_LOCATION>/%s/.immich - %s", name, see);
        }
        known[order[i]] = true;
    }
}

storage_space storage_usage(const storage *s)
{
    path_buffer z;
    struct statvfs v;
    int n = snprintf(z, sizeof z, "%.*s/%s", PR(s->root), storage_folder_name(FOLDER_LIBRARY));
    if (n >= (int)sizeof z || statvfs(z, &v) != 0) return (storage_space){0};
    int64_t unit = (int64_t)v.f_frsize;
    return (storage_space){
        .size = (int64_t)v.f_blocks * unit,
        .free = (int64_t)v.f_bavail * unit,
        .used = (int64_t)(v.f_blocks - v.f_bfree) * unit,
    };
}

// ---- a file on its way -----------------------------------------------------------------------------------------------------------

storage_file *storage_create(arena *mem, storage *s, bool with_sha1)
{
    char id[37];
    uuid_write(uuid_v4(), id);
    storage_file *f = new (mem, storage_file);
    f->temporary = str_fmt(mem, "%.*s/%s", PR(s->temporary), id);
    f->note = str_cat(mem, f->temporary, S(NOTE_SUFFIX));
    f->root = s->root;
    f->fd = open(f->temporary.at, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (f->fd < 0) return NULL;
    if (with_sha1) f->hash = sha1_start(mem);
    return f;
}

bool storage_write(storage_file *f, const void *data, size_t n)
{
    // The kernel starts writing every full window to the disk while the next one arrives; so the sync at the end is short, even for a film.
    const int64_t window = 8 << 20;
    if (f->hash) sha1_add(f->hash, data, n);
    for (const char *at = data; n;) {
        ssize_t done = write(f->fd, at, n);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        int64_t full = f->size / window;
        f->size += done;
        at += done;
        n -= (size_t)done;
        if (f->size / window > full) {
            sync_file_range(f->fd, full * window, (f->size / window - full) * window, SYNC_FILE_RANGE_WRITE);
        }
    }
    return true;
}

bool storage_copy(storage_file *f, int from, int64_t offset, int64_t n)
{
    char piece[64 << 10];
    int64_t end = n < 0 ? INT64_MAX : offset + n;
    while (offset < end) {
        ssize_t got = pread(from, piece, end - offset < (int64_t)sizeof piece ? (size_t)(end - offset) : sizeof piece, offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 || (got > 0 && !storage_write(f, piece, (size_t)got))) return false;
        if (!got && n >= 0) errno = EIO; // it is shorter
        if (!got) return n < 0;
        offset += got;
    }
    return true;
}

void storage_discard(storage_file *f)
{
    if (!f || f->fd < 0) return;
    close(f->fd);
    f->fd = -1;
    unlink(f->temporary.at);
}

// ---- keeping it ------------------------------------------------------------------------------------------------------------------

// A file that was kept but whose commit has not come yet. The list is the thread's, since a context never changes its thread.
typedef struct kept kept;
struct kept {
    ctx *ctx;
    str path;
    str replaced; // a second name of what `path` was before; {0} if there was nothing
    str note;     // says to whoever comes after a crash that this is not settled
    int fd;       // holds the lock that says that this is no crash yet
    bool settled, irrevocable;
    kept *older;
};
static _Thread_local kept *newest;

static void release(kept *k)
{
    note_drop(k->note);
    close(k->fd);
}

static void end_of_try(void *arg)
{
    kept *k = arg;
    for (kept **at = &newest; *at; at = &(*at)->older) {
        if (*at != k) continue;
        *at = k->older;
        break;
    }
    if (k->settled) return;
    if (!k->irrevocable && k->replaced.at) rename(k->replaced.at, k->path.at);
    else if (!k->irrevocable) unlink(k->path.at);
    release(k);
}

void storage_settle(ctx *c)
{
    for (kept *k = newest; k; k = k->older) {
        if (k->ctx != c || k->settled) continue;
        k->settled = true;
        if (k->replaced.at) unlink(k->replaced.at);
        release(k);
    }
}

void storage_leave_in_doubt(ctx *c)
{
    for (kept *k = newest; k; k = k->older) {
        if (k->ctx != c || k->settled) continue;
        k->settled = true;
        close(k->fd);
    }
}

static bool set_time(int fd, when mtime)
{
    if (mtime == WHEN_NONE) return true;
    struct timespec t = {mtime / SECOND, mtime % SECOND * 1000};
    if (t.tv_nsec < 0) t = (struct timespec){t.tv_sec - 1, t.tv_nsec + 1000000000};
    return futimens(fd, (struct timespec[]){{.tv_nsec = UTIME_NOW}, t}) == 0;
}

// The bytes of f in a new, synced file beside `path`, for when the temporary folder lies on another file system.
static bool bring_near(ctx *c, storage_file *f, str path, when mtime)
{
    str near = str_cat(c->mem, path, S(".calotype-part"));
    int fd = open(near.at, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return false;
    if (!copy_bytes(f->fd, fd) || !set_time(fd, mtime) || fsync(fd) != 0) {
        int error = errno;
        close(fd);
        unlink(near.at);
        errno = error;
        return false;
    }
    storage_discard(f);
    f->fd = fd;
    f->temporary = near;
    return true;
}

// Gives the file its name. What has that name already gets a second one first, so that it can come back.
static bool place(ctx *c, storage_file *f, kept *k)
{
    k->note = f->note;
    note_make(f, k->path);
    str second = str_cat(c->mem, f->temporary, S("-replaced"));
    bool replaces = link(k->path.at, second.at) == 0;
    k->irrevocable = !replaces && errno != ENOENT;
    if (rename(f->temporary.at, k->path.at) != 0) {
        int error = errno;
        if (replaces) unlink(second.at);
        note_drop(k->note);
        errno = error;
        return false;
    }
    if (replaces) k->replaced = second;
    return true;
}

_Noreturn static void fail_keep(ctx *c, storage_file *f, str path)
{
    int error = errno;
    storage_discard(f);
    const char *hint = error == ENOSPC || error == EDQUOT ? "Free some space or move the library (docs/storage.md)." : give_rights;
    fail_hint(c, 500, hint, "cannot write %.*s: %s", PR(path), strerror(error));
}

static void keep(ctx *c, storage_file *f, str path, when mtime, bool durable)
{
    str to = str_dup(c->mem, path), folder = path_parent(to);
    if (!set_time(f->fd, mtime) || (durable && fsync(f->fd) != 0) || !(durable ? folder_make_below(folder, f->root) : folder_make(folder)))
        fail_keep(c, f, to);

    kept *k = new (c->mem, kept);
    *k = (kept){.ctx = c, .path = to, .older = newest};
    bool placed = place(c, f, k) || (errno == EXDEV && bring_near(c, f, to, mtime) && place(c, f, k));
    if (!placed) fail_keep(c, f, to);
    k->fd = f->fd;
    f->fd = -1;
    newest = k;
    defer(c, end_of_try, k);
    if (durable && !folder_sync_below(folder, f->root)) fail_keep(c, f, to);
}

void storage_keep(ctx *c, storage_file *f, str path, when mtime)
{
    keep(c, f, path, mtime, true);
}

void storage_place(ctx *c, storage_file *f, str path)
{
    keep(c, f, path, WHEN_NONE, false);
}

// ---- files that are there --------------------------------------------------------------------------------------------------------

static void close_later(void *fd)
{
    close((int)(intptr_t)fd);
}

int storage_open_file(ctx *c, str path)
{
    path_buffer z;
    struct stat st;
    // Not blocking: should somebody have put a pipe there, opening it must not wait for a writer.
    int fd = path_z(z, path) ? open(z, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)) fail(c, 404, "Not Found");
    if (fd < 0) fail(c, 500, "cannot read %.*s: %s", PR(path), strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) return fd;
    close(fd);
    fail(c, 404, "Not Found");
}

int storage_read(ctx *c, str path)
{
    int fd = storage_open_file(c, path);
    defer(c, close_later, (void *)(intptr_t)fd);
    return fd;
}

bool storage_state(str path, struct stat *st)
{
    path_buffer z;
    return path_z(z, path) && stat(z, st) == 0 && S_ISREG(st->st_mode);
}

bool storage_exists(str path)
{
    path_buffer z;
    return path_z(z, path) && access(z, F_OK) == 0;
}

bool storage_delete(str path)
{
    path_buffer z;
    if (!path.n || (path_z(z, path) && unlink(z) == 0) || errno == ENOENT || errno == ENOTDIR) return true;
    log_warn("cannot delete %.*s: %s", PR(path), strerror(errno));
    return false;
}

bool storage_delete_tree(storage *s, str path)
{
    arena *mem = arena_new();
    str normal = storage_inside(s, path) ? path_normal(mem, path) : (str){0};
    // One of the folders themselves is never meant; only what lies in them.
    str below = normal.at ? str_slice(normal, s->root.n + 1, normal.n) : (str){0};
    bool done = false;
    if (str_find(below, S("/")) < 0) log_error("refused to delete %.*s: it does not lie in a folder of the media location", PR(path));
    else if (!(done = tree_remove(AT_FDCWD, normal.at))) log_warn("cannot delete %.*s: %s", PR(path), strerror(errno));
    arena_free(mem);
    return done;
}
