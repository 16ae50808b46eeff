// The cache of prepared statements: a hash table whose entries also form a list by last use.
#include "db/engine.h"
#include <stdlib.h>

// FxHash of the Rust compiler, eight bytes at a time: every statement of every request is looked up by it.
uint64_t statement_hash(const char *sql)
{
    uint64_t h = 0;
    size_t n = strlen(sql);
    for (size_t i = 0; i < n; i += sizeof h) {
        uint64_t word = 0;
        memcpy(&word, sql + i, n - i < sizeof word ? n - i : sizeof word);
        h = ((h << 5 | h >> 59) ^ word) * 0x517cc1b727220a95;
    }
    return h ^ h >> 32; // the low bits, which choose the bucket, know only the low bits of the words
}

static void unlink_age(statement_cache *c, statement *s)
{
    *(s->newer ? &s->newer->older : &c->newest) = s->older;
    *(s->older ? &s->older->newer : &c->oldest) = s->newer;
}

static void link_newest(statement_cache *c, statement *s)
{
    s->newer = NULL;
    s->older = c->newest;
    *(s->older ? &s->older->newer : &c->oldest) = s;
    c->newest = s;
}

statement *statement_find(statement_cache *c, const char *sql, uint64_t hash)
{
    for (statement *s = c->buckets[hash % countof(c->buckets)]; s; s = s->chain) {
        if (s->hash != hash || s->busy || strcmp(s->sql, sql) != 0) continue;
        unlink_age(c, s);
        link_newest(c, s);
        return s;
    }
    return NULL;
}

void statement_add(statement_cache *c, statement *s, const char *sql, uint64_t hash)
{
    s->hash = hash;
    s->sql = strdup(sql);
    s->chain = c->buckets[hash % countof(c->buckets)];
    c->buckets[hash % countof(c->buckets)] = s;
    link_newest(c, s);
    c->count++;
}

statement *statement_surplus(statement_cache *c, int keep)
{
    if (c->count <= keep) return NULL;
    statement *s = c->oldest;
    while (s && s->busy) s = s->newer;
    if (!s) return NULL;
    unlink_age(c, s);
    statement **link = &c->buckets[s->hash % countof(c->buckets)];
    while (*link != s) link = &(*link)->chain;
    *link = s->chain;
    c->count--;
    free(s->sql);
    return s;
}
