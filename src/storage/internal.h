// What the files of this room share.
#pragma once
#include "storage/storage.h"
#include <limits.h>
#include <time.h>

struct storage {
    str root; // absolute, without a slash at the end
    str temporary;
};

// What a file on its way is called in the temporary folder, with this at the end: the note that says where it lies until its commit.
#define NOTE_SUFFIX "-to"
void note_make(const storage_file *, str path); // locks the file. On a file system that cannot do that, there is no note
void note_drop(str note);

// Removes what was last touched before that time. Their ctime says when: the mtime may be the photo's already. Notes stay.
void temporary_sweep(str temporary, time_t before);

// Room for a path as the kernel wants it.
typedef char path_buffer[PATH_MAX];
// The path with a NUL after it; NULL with errno set when it is empty, too long or has a NUL inside.
const char *path_z(path_buffer, str path);

str path_parent(str path);          // "/a/b" gives "/a"; "/a" gives "/"
str path_normal(arena *, str path); // absolute, without "", "." and ".." parts; {0} if it was not absolute

// Creates the folder and its parents, each synced into its own parent. False: errno.
bool folder_make(str path);
bool folder_sync(str path); // false: errno. File systems without such a sync are taken as they are
// The same for a folder that gets a new name: below the root nothing is synced by the first, and by the second, when the name is there, the folder
// and all above it up to the root, since somebody else may have made them a moment ago. So a journaling file system writes its journal once and not
// for each of them. Those that have nothing to sync cost next to nothing, and those above that may not be read are as they were found.
bool folder_make_below(str path, str root);
bool folder_sync_below(str path, str root);
bool path_is_on_same_mount(str a, str b);
bool tree_remove(int folder, const char *name); // symlinks are removed, never followed. False: errno of the first failure

// All bytes of one open file to another, from the start; in the kernel where it can. False: errno.
bool copy_bytes(int from, int to);
