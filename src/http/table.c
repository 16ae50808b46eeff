// Chained buckets, doubled when there are as many entries as buckets.
#include "http/table.h"
#include <stdlib.h>

static uint64_t hash_of(str key) // FNV-1a: keys are random ids, made by us or by the database
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < key.n; i++) h = (h ^ (uint8_t)key.at[i]) * UINT64_C(1099511628211);
    return h;
}

entry *table_find(const table *t, str key)
{
    if (!t->size) return NULL;
    uint64_t hash = hash_of(key);
    entry *e = t->buckets[hash & (t->size - 1)];
    while (e && (e->hash != hash || !str_eq(e->key, key))) e = e->next;
    return e;
}

static void grow(table *t)
{
    size_t size = t->size ? 2 * t->size : 64;
    entry **buckets = calloc(size, sizeof *buckets);
    if (!buckets) log_die("out of memory");
    for (size_t i = 0; i < t->size; i++) {
        for (entry *e = t->buckets[i], *next; e; e = next) {
            next = e->next;
            entry **bucket = &buckets[e->hash & (size - 1)];
            e->next = *bucket;
            *bucket = e;
        }
    }
    free(t->buckets);
    t->buckets = buckets;
    t->size = size;
}

void table_add(table *t, entry *e)
{
    if (t->n >= t->size) grow(t);
    e->hash = hash_of(e->key);
    entry **bucket = &t->buckets[e->hash & (t->size - 1)];
    e->next = *bucket;
    *bucket = e;
    t->n++;
}

void table_remove(table *t, entry *e)
{
    entry **at = &t->buckets[e->hash & (t->size - 1)];
    while (*at != e) at = &(*at)->next;
    *at = e->next;
    t->n--;
}

void table_free(table *t)
{
    free(t->buckets);
    *t = (table){0};
}
