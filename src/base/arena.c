// Arenas: bump allocation in blocks that grow from 4 KiB to 64 KiB; what does not fit well into a block gets one of its own.
// Under AddressSanitizer everything that was not handed out is poisoned, so an overrun is found as with malloc.
#include "base/arena.h"
#include "base/log.h"
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GUARD 16 // poisoned bytes after each allocation
#else
#define ASAN_POISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
#define GUARD 0
#endif

enum { FIRST_BLOCK = 4 << 10, LARGEST_BLOCK = 64 << 10, ALIGNMENT = alignof(max_align_t) };

typedef struct block block;
struct block {
    block *older;
    size_t size; // of data
    size_t used;
    alignas(max_align_t) uint8_t data[];
};

struct arena {
    block *blocks; // newest first; allocations come from the newest
    block *big;    // blocks of one allocation each, newest first
    uint8_t *last; // the last allocation from the newest block, and its size
    size_t last_size;
    size_t used;
};

static void out_of_memory(size_t n)
{
    log_at(LOG_FATAL, "out of memory: cannot get %zu bytes", n);
    abort();
}

static block *block_new(size_t size)
{
    block *b = size > PTRDIFF_MAX - sizeof(block) ? NULL : malloc(sizeof(block) + size);
    if (!b) out_of_memory(size);
    *b = (block){.size = size};
    ASAN_POISON_MEMORY_REGION(b->data, size);
    return b;
}

static void block_free(block *b)
{
    ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
    free(b);
}

static void blocks_free(block *b)
{
    while (b) {
        block *older = b->older;
        block_free(b);
        b = older;
    }
}

arena *arena_new(void)
{
    arena *a = calloc(1, sizeof *a);
    if (!a) out_of_memory(sizeof *a);
    return a;
}

void arena_free(arena *a)
{
    if (!a) return;
    blocks_free(a->blocks);
    blocks_free(a->big);
    free(a);
}

void arena_reset(arena *a)
{
    blocks_free(a->big);
    block *kept = a->blocks; // the newest is the largest
    if (kept) {
        blocks_free(kept->older);
        ASAN_POISON_MEMORY_REGION(kept->data, kept->size);
        kept->older = NULL;
        kept->used = 0;
    }
    *a = (arena){.blocks = kept};
}

size_t arena_used(const arena *a)
{
    return a->used;
}

// Room that n bytes take in a block.
static size_t padded(size_t n)
{
    return ((n ? n : 1) + GUARD + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

void *arena_alloc_raw(arena *a, size_t n)
{
    if (n > LARGEST_BLOCK / 4) {
        block *own = block_new(n);
        own->used = n;
        own->older = a->big;
        a->big = own;
        a->used += n;
        ASAN_UNPOISON_MEMORY_REGION(own->data, n);
        return own->data;
    }
    size_t room = padded(n);
    block *b = a->blocks;
    if (!b || b->size - b->used < room) {
        size_t whole = b ? 2 * (b->size + sizeof(block)) : FIRST_BLOCK;
        while (whole < room + sizeof(block)) whole *= 2;
        b = block_new((whole > LARGEST_BLOCK ? LARGEST_BLOCK : whole) - sizeof(block));
        b->older = a->blocks;
        a->blocks = b;
    }
    a->last = b->data + b->used;
    a->last_size = n;
    b->used += room;
    a->used += n;
    ASAN_UNPOISON_MEMORY_REGION(a->last, n);
    return a->last;
}

void *arena_alloc(arena *a, size_t n)
{
    return memset(arena_alloc_raw(a, n), 0, n);
}

// The link to the block that holds this allocation alone, if it is one of the newest; a few grow side by side at most.
static block **link_to(arena *a, const void *at)
{
    enum { SIDE_BY_SIDE = 32 };
    block **link = &a->big;
    for (int i = 0; *link && i < SIDE_BY_SIDE; i++, link = &(*link)->older)
        if ((*link)->data == at) return link;
    return NULL;
}

// A block of one allocation may be resized by the system, which moves pages instead of bytes.
static void *grow_big(arena *a, block **link, size_t wanted)
{
    block *own = *link;
    if (wanted > PTRDIFF_MAX - sizeof(block)) out_of_memory(wanted);
    a->used += wanted - own->size;
    own = realloc(own, sizeof(block) + wanted);
    if (!own) out_of_memory(wanted);
    own->size = own->used = wanted;
    *link = own;
    return own->data;
}

void *arena_grow(arena *a, void *at, size_t old, size_t wanted)
{
    if (wanted <= old && at) return at;
    block **own = at && old > LARGEST_BLOCK / 4 ? link_to(a, at) : NULL;
    if (own && (*own)->size == old) return grow_big(a, own, wanted);
    if (at && at == a->last && old == a->last_size && wanted <= LARGEST_BLOCK) {
        block *b = a->blocks;
        size_t start = (size_t)(a->last - b->data);
        if (b->size - start >= padded(wanted)) {
            b->used = start + padded(wanted);
            a->last_size = wanted;
            a->used += wanted - old;
            ASAN_UNPOISON_MEMORY_REGION(a->last, wanted);
            return at;
        }
    }
    void *moved = arena_alloc_raw(a, wanted);
    if (at) memcpy(moved, at, old);
    return moved;
}

void list_reserve_(arena *a, void **at, size_t *n, size_t *cap, size_t size, size_t count)
{
    if (count <= *cap) return;
    if (count > PTRDIFF_MAX / size) out_of_memory(count);
    // The old size is the whole allocation only if the list owns it: a list over a literal or a part of another list is copied.
    *at = arena_grow(a, *at, (*cap > *n ? *cap : *n) * size, count * size);
    *cap = count;
}

void *list_push_(arena *a, void **at, size_t *n, size_t *cap, size_t size)
{
    if (*n >= *cap) list_reserve_(a, at, n, cap, size, *n < 4 ? 8 : 2 * *n);
    return memset((char *)*at + (*n)++ * size, 0, size);
}
