// A power cut for tests, loaded with LD_PRELOAD: keeps, beside the real disk, what a merciless one would have after the cut. Only what was synced
// counts: a file's content as of its last fsync(), a folder's names as of its own. power.test.ts rebuilds the data directory from that.
//
// $CALOTYPE_POWER/f-INODE-BIRTH: a file's synced content; d-INODE-BIRTH: a folder's names, one a line: type (f, d, l), key, name.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int real_fsync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return real(fd);
}

// Inodes are used again; the time of birth tells them apart.
static int key_of(int folder, const char *name, int flags, char out[64], char *type)
{
    struct statx st;
    if (statx(folder, name, flags | AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME | STATX_TYPE, &st) != 0) return -1;
    snprintf(out, 64, "%llx-%llx", (unsigned long long)st.stx_ino,
             (unsigned long long)st.stx_btime.tv_sec * 1000000000ULL + st.stx_btime.tv_nsec);
    *type = S_ISDIR(st.stx_mode) ? 'd' : S_ISREG(st.stx_mode) ? 'f' : S_ISLNK(st.stx_mode) ? 'l' : '-';
    return 0;
}

static void keep_content(int from, FILE *to)
{
    char block[65536];
    off_t at = 0;
    for (ssize_t n; (n = pread(from, block, sizeof block, at)) > 0; at += n) fwrite(block, 1, (size_t)n, to);
}

static void keep_names(const char *self, FILE *to)
{
    DIR *dir = opendir(self);
    if (!dir) return;
    for (struct dirent *e; (e = readdir(dir));) {
        char key[64], type;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || key_of(dirfd(dir), e->d_name, 0, key, &type) != 0) continue;
        fprintf(to, "%c %s %s\n", type, key, e->d_name);
    }
    closedir(dir);
}

// Under a name of its own first: two processes may sync one file at a time.
static void note(int fd)
{
    const char *folder = getenv("CALOTYPE_POWER");
    char key[64], type, self[64], path[600], part[640];
    if (!folder || key_of(fd, "", AT_EMPTY_PATH, key, &type) != 0 || (type != 'f' && type != 'd')) return;
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    snprintf(path, sizeof path, "%s/%c-%s", folder, type, key);
    snprintf(part, sizeof part, "%s.%d-%lx", path, (int)getpid(), (unsigned long)&key);
    FILE *to = fopen(part, "we");
    if (!to) return;
    // Opened anew, since the descriptor may be write-only.
    int from = type == 'f' ? open(self, O_RDONLY | O_CLOEXEC) : -1;
    if (from >= 0) {
        keep_content(from, to);
        close(from);
    } else if (type == 'd') {
        keep_names(self, to);
    }
    if (fclose(to) == 0) rename(part, path);
}

int fsync(int fd)
{
    note(fd);
    return real_fsync(fd);
}

int fdatasync(int fd)
{
    return fsync(fd);
}
