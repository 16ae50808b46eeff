// A hash table of things that carry their own key: no memory per entry but the pointer. Not thread-safe.
#pragma once
#include "base/base.h"

typedef struct entry entry;
struct entry {
    str key; // must live as long as the entry is in a table
    uint64_t hash;
    entry *next;
};

typedef struct {
    entry **buckets;
    size_t size, n;
} table;

entry *table_find(const table *, str key);
void table_add(table *, entry *); // the key must not be in it
void table_remove(table *, entry *);
void table_free(table *); // not the entries
