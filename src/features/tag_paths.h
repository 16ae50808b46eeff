// Tags as paths: "a/b/c" is a tag in a tree, private to a user.                                              spec 03, section 5
#pragma once
#include "features/feature.h"

// Sees to it that each path and all its levels exist as tags of this user, with parents and closure right; duplicates and empty levels are dropped.
// Returns the tags of the whole paths, in order.
ids tag_paths_upsert(request *, uuid user, strs paths);
// The asset has exactly these tags from now on.
void tags_replace(request *, uuid asset, ids tags);
