// Files on their way into the media location, and what a failure, a crash or a missing disk makes of them.
#include "media_folder.h"
#include "storage/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Instead of the C library's: which folders were synced with these names in them.
static struct {
    arena *mem; // NULL: nobody asks
    str name;
    strs folders;
} synced;

int fsync(int fd)
{
    char path[200];
    ssize_t n = synced.mem ? readlink(str_fmt(synced.mem, "/proc/self/fd/%d", fd).at, path, sizeof path) : -1;
    str whole = {path, n < 0 ? 0 : (size_t)n};
    // What leads to the name is in this folder now.
    if (n > 0 && str_starts(synced.name, whole) && synced.name.at[whole.n] == '/' && storage_exists(synced.name))
        *push(synced.mem, synced.folders) = str_dup(synced.mem, whole);
    return (int)syscall(SYS_fsync, fd);
}

static bool was_synced(str folder)
{
    each (one, synced.folders)
        if (str_eq(*one, folder)) return true;
    return false;
}

static storage *opened;
static char first_root[64];

static void remove_roots(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf /tmp/calotype-storage-%d-*", (int)getpid());
    if (system(command) != 0) printf("could not remove the test folders\n");
}

static void open_it(ctx *c, void *arg)
{
    opened = storage_open(c, *(str *)arg);
}

static storage *open_at(arena *mem, str root)
{
    ctx *c = new (mem, ctx);
    c->mem = mem;
    if (try(c, open_it, &root)) return opened;
    printf("  %.*s\n", PR(c->message));
    return NULL;
}

storage *media_folder(arena *mem)
{
    if (!first_root[0]) atexit(remove_roots);
    snprintf(first_root, sizeof first_root, "/tmp/calotype-storage-%d-XXXXXX", (int)getpid());
    check(mkdtemp(first_root) != NULL);
    return open_at(mem, str_dup(mem, str_of(first_root)));
}

static str in(storage *s, arena *mem, const char *rest)
{
    return str_fmt(mem, "%.*s/%s", PR(storage_root(s)), rest);
}

static void put(str path, const char *text)
{
    int fd = open(path.at, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    check(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static str get(arena *mem, str path)
{
    char text[64];
    int fd = open(path.at, O_RDONLY);
    if (fd < 0) return (str){0};
    ssize_t n = read(fd, text, sizeof text);
    close(fd);
    return str_dup(mem, (str){text, (size_t)n});
}

static int files_in(arena *mem, str folder)
{
    FILE *f = popen(str_fmt(mem, "find %.*s -type f | wc -l", PR(folder)).at, "r");
    int n = -1;
    check(f && fscanf(f, "%d", &n) == 1);
    pclose(f);
    return n;
}

typedef struct {
    storage *s;
    str path, text;
    when mtime;
    bool fails, settles;
} keeping;

static void keep(ctx *c, void *arg)
{
    keeping *k = arg;
    storage_file *f = storage_create(c->mem, k->s, true);
    check(storage_write(f, k->text.at, k->text.n));
    check_int(f->size, (int64_t)k->text.n);
    sha1 sum = sha1_end(f->hash), want = sha1_of(str_bytes(k->text));
    check(!memcmp(&sum, &want, sizeof sum));
    storage_keep(c, f, k->path, k->mtime);
    check_str(get(c->mem, k->path), k->text);
    storage_discard(f);
    if (k->settles) storage_settle(c);
    if (k->fails) fail(c, 500, "after the file was kept");
}

static bool run(arena *mem, void (*work)(ctx *, void *), void *arg)
{
    ctx c = {.mem = mem};
    return try(&c, work, arg);
}

TEST("a settled file stays, with its time, and nothing is left in the temporary folder")
{
    storage *s = media_folder(mem);
    str path = in(s, mem, "upload/a/b/c/photo.jpg");
    keeping k = {.s = s, .path = path, .text = S("pixels"), .mtime = 1000000000 * SECOND, .settles = true};
    check(run(mem, keep, &k));
    check_str(get(mem, path), S("pixels"));
    struct stat st;
    check(stat(path.at, &st) == 0 && st.st_mtime == 1000000000);
    check_int(files_in(mem, storage_temporary(s)), 0);
}

TEST("a file whose context fails is gone again")
{
    storage *s = media_folder(mem);
    str path = in(s, mem, "upload/a/photo.jpg");
    keeping k = {.s = s, .path = path, .text = S("pixels"), .mtime = WHEN_NONE, .fails = true};
    check(!run(mem, keep, &k));
    check(!storage_exists(path));
    check_int(files_in(mem, storage_root(s)), 0);
}

TEST("what a failed context had replaced comes back")
{
    storage *s = media_folder(mem);
    str path = in(s, mem, "photo.jpg");
    put(path, "old");
    keeping k = {.s = s, .path = path, .text = S("new"), .mtime = WHEN_NONE, .fails = true};
    check(!run(mem, keep, &k));
    check_str(get(mem, path), S("old"));

    k.fails = false;
    k.settles = true;
    check(run(mem, keep, &k));
    check_str(get(mem, path), S("new"));
    check_int(files_in(mem, storage_root(s)), 1);
}

TEST("settling before a later failure keeps the file")
{
    storage *s = media_folder(mem);
    str path = in(s, mem, "photo.jpg");
    keeping k = {.s = s, .path = path, .text = S("new"), .mtime = WHEN_NONE, .settles = true, .fails = true};
    check(!run(mem, keep, &k));
    check_str(get(mem, path), S("new"));
}

TEST("a discarded file leaves nothing")
{
    storage *s = media_folder(mem);
    storage_file *f = storage_create(mem, s, false);
    check(storage_write(f, "x", 1));
    storage_discard(f);
    storage_discard(f);
    check_int(files_in(mem, storage_root(s)), 0);
}

TEST("a part of an open file is copied, or the rest of it; a part that is not there is an error")
{
    storage *s = media_folder(mem);
    storage_file *from = storage_create(mem, s, false), *to = storage_create(mem, s, true);
    check(storage_write(from, "0123456789", 10));
    check(storage_copy(to, from->fd, 2, 3) && storage_copy(to, from->fd, 7, -1));
    check_int(to->size, 6);
    sha1 sum = sha1_end(to->hash), want = sha1_of(str_bytes(S("234789")));
    check(!memcmp(&sum, &want, sizeof sum));
    check(!storage_copy(to, from->fd, 8, 3));
    check_int(errno, EIO);
    storage_discard(from);
    storage_discard(to);
}

// /dev/shm is another file system than /tmp nearly everywhere; where it is not, this is one more test of the plain way.
TEST("a file is kept and moved across file systems")
{
    storage *s = media_folder(mem);
    str folder = str_dup(mem, S("/dev/shm/calotype-test-XXXXXX"));
    if (!mkdtemp(folder.at)) {
        printf("  skipped: no /dev/shm\n");
        return;
    }
    str far = str_cat(mem, folder, S("/deep/photo.jpg"));
    keeping k = {.s = s, .path = far, .text = S("pixels"), .mtime = 1000000000 * SECOND, .settles = true};
    check(run(mem, keep, &k));
    check_int(files_in(mem, folder), 1);
    check_int(files_in(mem, storage_root(s)), 0);

    keeping replacing = {.s = s, .path = far, .text = S("other"), .mtime = WHEN_NONE, .fails = true};
    check(!run(mem, keep, &replacing));
    check_str(get(mem, far), S("pixels"));
    check_int(files_in(mem, folder), 1);
    check(system(str_cat(mem, S("rm -r "), folder).at) == 0);
}

typedef struct {
    storage *s;
    str from, to;
} moving;

static void move(ctx *c, void *arg)
{
    moving *m = arg;
    storage_move(c, m->s, m->from, m->to);
}

TEST("a move makes folders, keeps times and never overwrites")
{
    storage *s = media_folder(mem);
    moving m = {s, in(s, mem, "a.jpg"), in(s, mem, "library/x/y/b.jpg")};
    put(m.from, "first");
    check(run(mem, move, &m));
    check_str(get(mem, m.to), S("first"));
    check(!storage_exists(m.from));

    put(m.from, "second");
    check(!run(mem, move, &m));
    check_str(get(mem, m.to), S("first"));
    check_str(get(mem, m.from), S("second"));
}

// Of the folders on the way one is there already, but whoever made it may not have synced it yet.
TEST("no folder on the way to a kept or moved file can get lost")
{
    static const char *const folders[] = {"", "library", "library/x", "library/x/y"};
    for (int moves = 0; moves < 2; moves++) {
        storage *s = media_folder(mem);
        str path = in(s, mem, "library/x/y/photo.jpg");
        check(mkdir(in(s, mem, "library").at, 0700) == 0);
        moving m = {s, in(s, mem, "photo.jpg"), path};
        keeping k = {.s = s, .path = path, .text = S("pixels"), .mtime = WHEN_NONE, .settles = true};
        put(m.from, "pixels");
        synced = (typeof(synced)){.mem = mem, .name = path};
        check(moves ? run(mem, move, &m) : run(mem, keep, &k));
        synced.mem = NULL;
        for (size_t i = 0; i < countof(folders); i++) check(was_synced(*folders[i] ? in(s, mem, folders[i]) : storage_root(s)));
    }
}

TEST("a move across file systems keeps bytes and times")
{
    storage *s = media_folder(mem);
    str folder = str_dup(mem, S("/dev/shm/calotype-test-XXXXXX"));
    if (!mkdtemp(folder.at)) {
        printf("  skipped: no /dev/shm\n");
        return;
    }
    moving there = {s, in(s, mem, "a.jpg"), str_cat(mem, folder, S("/b/a.jpg"))};
    put(there.from, "pixels");
    struct timespec times[] = {{1000000001, 0}, {1000000002, 0}};
    utimensat(AT_FDCWD, there.from.at, times, 0);
    check(run(mem, move, &there));
    struct stat st;
    check(stat(there.to.at, &st) == 0 && st.st_mtime == 1000000002);
    check_str(get(mem, there.to), S("pixels"));
    check(!storage_exists(there.from));

    put(there.from, "pixels again");
    check(!run(mem, move, &there));
    check_str(get(mem, there.from), S("pixels again"));
    check_int(files_in(mem, folder), 1);
    check(system(str_cat(mem, S("rm -r "), folder).at) == 0);
}

static void read_it(ctx *c, void *arg)
{
    close(dup(storage_read(c, *(str *)arg)));
}

TEST("reading what is not a file is 404")
{
    storage *s = media_folder(mem);
    ctx c = {.mem = mem};
    str missing = in(s, mem, "nothing"), folder = storage_root(s), pipe = in(s, mem, "pipe"), file = in(s, mem, "file");
    mkfifo(pipe.at, 0600);
    put(file, "x");
    check(!try(&c, read_it, &missing) && c.status == 404);
    check(!try(&c, read_it, &folder) && c.status == 404);
    check(!try(&c, read_it, &pipe) && c.status == 404);
    check(try(&c, read_it, &file));
}

TEST("a tree goes with everything in it, but no link is followed and nothing outside goes")
{
    storage *s = media_folder(mem);
    str outside = str_cat(mem, storage_root(s), S("-outside"));
    mkdir(outside.at, 0700);
    put(str_cat(mem, outside, S("/precious")), "x");
    check(system(str_fmt(mem, "cd %.*s && mkdir -p thumbs/u/aa/bb && touch thumbs/u/1 thumbs/u/aa/bb/2 && ln -s %.*s thumbs/u/link",
                         PR(storage_root(s)), PR(outside))
                     .at) == 0);
    check(storage_delete_tree(s, in(s, mem, "thumbs/u")));
    check(!storage_exists(in(s, mem, "thumbs/u")));
    check(storage_exists(in(s, mem, "thumbs")));
    check(storage_exists(str_cat(mem, outside, S("/precious"))));

    log_set_level(LOG_FATAL); // every refusal is a line
    check(!storage_delete_tree(s, outside));
    check(!storage_delete_tree(s, in(s, mem, "thumbs/../../x")));
    check(!storage_delete_tree(s, in(s, mem, "thumbs")));
    check(!storage_delete_tree(s, in(s, mem, "thumbs/u/..")));
    check(!storage_delete_tree(s, storage_root(s)));
    log_set_level(LOG_INFO);
    check(storage_exists(str_cat(mem, outside, S("/precious"))));
    check(storage_delete_tree(s, in(s, mem, "thumbs/never-was")));
}

TEST("only old leftovers are swept, and the time that a photo brings along does not make it old")
{
    storage *s = media_folder(mem);
    str fresh = str_cat(mem, storage_temporary(s), S("/fresh"));
    put(fresh, "x");
    time_t time = (time_t)(now() / SECOND), old = time - 2 * 86400;
    utimensat(AT_FDCWD, fresh.at, (struct timespec[]){{old, 0}, {old, 0}}, 0);
    check(open_at(mem, storage_root(s)) != NULL);
    check(storage_exists(fresh));
    temporary_sweep(storage_temporary(s), time + 10);
    check(!storage_exists(fresh));
}

typedef struct {
    storage *s;
    arena *mem;
    str path;
    bool known;
    size_t found;
    bool removed;
} doubting;

static void doubt(ctx *c, void *arg)
{
    doubting *d = arg;
    storage_doubts doubts = storage_look_for_doubts(c, d->s);
    d->found = doubts.n;
    each (one, doubts) {
        check(str_eq((*one)->path, d->path));
        d->removed = storage_resolve(*one, d->known);
    }
}

static doubting doubts_at(storage *s, str path, bool known)
{
    doubting d = {.s = s, .path = path, .known = known};
    ctx c = {.mem = arena_new()};
    check(try(&c, doubt, &d));
    arena_free(c.mem);
    return d;
}

static void keep_and_die(ctx *c, void *arg)
{
    doubting *d = arg;
    storage_file *f = storage_create(c->mem, d->s, false);
    check(storage_write(f, "x", 1));
    storage_keep(c, f, d->path, WHEN_NONE);
    if (d->removed) storage_settle(c);
    check(doubts_at(d->s, d->path, false).found == 0); // it is in somebody's hands, or settled
    _exit(0);
}

static void die_after_keeping(storage *s, str path, bool settled)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        ctx c = {.mem = arena_new()};
        try(&c, keep_and_die, &(doubting){.s = s, .path = path, .removed = settled});
        _exit(1);
    }
    int status;
    check(waitpid(pid, &status, 0) == pid && status == 0);
}

TEST("what a crash left between name and commit is in doubt; the settled is not")
{
    storage *s = media_folder(mem);
    str path = in(s, mem, "upload/u/a.jpg");
    die_after_keeping(s, path, true);
    check(doubts_at(s, path, false).found == 0);
    check(storage_exists(path));

    die_after_keeping(s, path, false);
    doubting d = doubts_at(s, path, true);
    check(d.found == 1 && !d.removed);
    check(storage_exists(path));
    check(doubts_at(s, path, false).found == 0);

    str other = in(s, mem, "upload/u/b.jpg");
    die_after_keeping(s, other, false);
    d = doubts_at(s, other, false);
    check(d.found == 1 && d.removed);
    check(!storage_exists(other));
}

typedef struct {
    storage *s;
    bool *known;
} verifying;

static void verify(ctx *c, void *arg)
{
    verifying *v = arg;
    storage_verify(c, v->s, v->known);
}

TEST("marker files: made at first, demanded later")
{
    log_set_level(LOG_FATAL);
    storage *s = media_folder(mem);
    bool known[FOLDER_COUNT] = {0};
    verifying v = {s, known};
    check(run(mem, verify, &v));
    for (int i = 0; i < FOLDER_COUNT; i++) check(known[i]);
    check(storage_exists(in(s, mem, "encoded-video/.immich")));
    check(run(mem, verify, &v));

    // The database was new, the folders were not.
    memset(known, 0, sizeof known);
    check(run(mem, verify, &v));

    unlink(in(s, mem, "library/.immich").at);
    ctx c = {.mem = mem};
    check(!try(&c, verify, &v));
    check(str_starts(c.message, S("Failed to read: \"<UPLOAD_LOCATION>/library/.immich (")));
    log_set_level(LOG_INFO);
}

TEST("usage adds up")
{
    storage *s = media_folder(mem);
    mkdir(in(s, mem, "library").at, 0700);
    storage_space u = storage_usage(s);
    check(u.size > 0 && u.free >= 0 && u.used > 0 && u.used + u.free <= u.size);
}
