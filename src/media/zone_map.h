// The data behind zone_at(): see zone.c for its layout.
#pragma once
#include <stddef.h>

extern const int zone_map_names;
extern const char *const zone_map_name[];
extern const size_t zone_map_size;
extern const char zone_map_tree[]; // pairs of base-56 digits, the lowest is '#'
