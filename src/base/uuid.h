// UUIDs, 16 bytes, by value. The nil UUID means "none".
#pragma once
#include "base/str.h"

typedef struct {
    uint8_t b[16];
} uuid;

// A list of UUIDs, or a set of them when filled by ids_add() alone. Who changes or reorders elements by hand clears `index`.
typedef struct {
    uuid *at;
    size_t n, cap;
    struct ids_index *index; // makes long sets quick; kept by ids_add() and ids_prepare()
} ids;

uuid uuid_v4(void); // from getrandom()
uuid uuid_v7(void); // now: 48 bits of milliseconds, then random
uuid uuid_v7_at(int64_t microseconds);
bool uuid_parse(str, uuid *out); // 8-4-4-4-12, either case, any version
bool uuid_is_v4(str);            // what the API accepts as an id (spec 01, 2.1)
str uuid_text(arena *, uuid);    // lower case
void uuid_write(uuid, char out[37]);
bool uuid_eq(uuid, uuid);
int uuid_cmp(uuid, uuid);
bool uuid_nil(uuid);

bool ids_has(ids, uuid);            // by the index if there is one, else one by one
bool ids_add(arena *, ids *, uuid); // false if it was in already; indexes the list when it grows long
void ids_prepare(arena *, ids *);   // indexes a long list that came from elsewhere, before many ids_has()
