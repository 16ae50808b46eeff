// Where bytes live. Today: local disk. All paths in the database are absolute and lie below the media location (spec 06, 1.1),
// external libraries excepted. Paths from users go through storage_safe_name() / storage_inside(), nowhere else.
#pragma once
#include "base/base.h"
#include <sys/stat.h>

typedef struct storage storage;

typedef enum {
    FOLDER_UPLOAD,
    FOLDER_LIBRARY,
    FOLDER_THUMBS,
    FOLDER_ENCODED_VIDEO,
    FOLDER_PROFILE,
    FOLDER_BACKUPS,
    FOLDER_COUNT
} storage_folder;
const char *storage_folder_name(storage_folder);

// Opens the media location, creating it when it is missing; lives on the context's arena. Fails when it can't be written. Sweeps what a
// crash left in the temporary folder (<media>/.tmp, or <media>/upload/.tmp when uploads lie on a file system of their own; files older than
// a day).
storage *storage_open(ctx *, str media_location);
// The folders and their marker files (spec 05, 7.3). known[folder]: its marker was there at an earlier start, so that a missing one means a
// disk that is not mounted, and fails. All others are created. On return every known[] is true; the caller stores that.
void storage_verify(ctx *, storage *, bool known[FOLDER_COUNT]);
str storage_root(const storage *);
str storage_temporary(const storage *); // the folder for files on their way
// <media>/<folder>/<owner>/<c1c2>/<c3c4>/<filename>
str storage_nested(const storage *, arena *, storage_folder, uuid owner, str filename);
bool storage_inside(const storage *, str path); // strictly below the root after resolving . and ..; no symlinks followed
// The base name without path separators, NUL and control characters, at most 255 bytes (the extension stays); "file" if nothing is left.
str storage_safe_name(arena *, str name);
str storage_extension(str name); // with the dot, as written; "" if none

// A file on its way: written under a temporary name on the same file system, hashed on the way. These four never fail a context, so that
// an upload can span many short pieces of work; false means errno says why (disk full, say).
typedef struct {
    int fd;
    str temporary;
    int64_t size;
    sha1_stream *hash; // NULL if not asked for
    str note;          // of this room: where it is noted between its naming and its settling
    str root;          // of this room: the media location
} storage_file;
storage_file *storage_create(arena *, storage *, bool with_sha1); // NULL: errno
bool storage_write(storage_file *, const void *, size_t);
bool storage_copy(storage_file *, int from, int64_t offset, int64_t n); // so many bytes of an open file from there; -1: up to its end
void storage_discard(storage_file *);                                   // closes and unlinks; fine after storage_keep() (does nothing)

// Durable: data synced, renamed to `path` (parents created), directories synced. mtime WHEN_NONE: now. Unless storage_settle() is called
// (after the commit) before the try ends, the file at `path` is removed again, or what it replaced is put back.
void storage_keep(ctx *, storage_file *, str path, when mtime);
void storage_settle(ctx *);
// Instead of settling, when nobody knows whether the commit took place: the files stay, and whoever starts next asks the database about them.
void storage_leave_in_doubt(ctx *);
// The same without waiting for the disk: for files that can be made again (thumbnails). A crash may leave such a file empty.
void storage_place(ctx *, storage_file *, str path);

// A crash between a file's name and its commit leaves a file of which only the database can say whether it belongs to anything. These are they,
// held against everybody else until the end of the try. storage_resolve() removes one that is not known (true) and forgets the doubt.
typedef struct {
    str path;
    str note; // of this room
    int fd;
} storage_doubt;
typedef LIST(storage_doubt *) storage_doubts;
storage_doubts storage_look_for_doubts(ctx *, const storage *);
bool storage_resolve(const storage_doubt *, bool is_known);

int storage_read(ctx *, str path);           // an open descriptor, closed at the end of the try; fails 404 when missing
int storage_open_file(ctx *, str path);      // the same, but the caller closes it
bool storage_state(str path, struct stat *); // of a regular file; false: there is none
bool storage_exists(str path);
bool storage_delete(str path);                 // false (and a log line) if it could not be removed; a missing file is fine
bool storage_delete_tree(storage *, str path); // only inside one of the folders; symlinks are removed, not followed
// Rename, or copy + sync + delete across file systems (times are kept); parents created, directories synced. Never overwrites: fails 500 when `to`
// exists.
void storage_move(ctx *, const storage *, str from, str to);
typedef struct {
    int64_t size, free, used;
} storage_space;
storage_space storage_usage(const storage *);
