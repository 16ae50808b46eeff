// Arenas: memory that is given back all at once. One per request and per job, so that no feature ever calls free().
// An arena belongs to one thread at a time. Running out of memory ends the process: the supervisor starts it again.
#pragma once
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

typedef struct arena arena;

// A new, empty arena. It takes its first block on the first allocation.
arena *arena_new(void);
// Gives all memory of the arena back, and the arena itself. NULL is fine.
void arena_free(arena *);
// Forgets all allocations but keeps one block of at most 64 KiB for the next use.
void arena_reset(arena *);
// Bytes handed out since the last reset.
size_t arena_used(const arena *);

// n zeroed bytes, aligned for any type. n == 0 gives a valid pointer.
void *arena_alloc(arena *, size_t n) __attribute__((malloc, alloc_size(2), returns_nonnull));
// Not zeroed: for buffers that are filled at once.
void *arena_alloc_raw(arena *, size_t n) __attribute__((malloc, alloc_size(2), returns_nonnull));
// Grows an allocation: copies `old` bytes; in place when it was the arena's last allocation.
void *arena_grow(arena *, void *at, size_t old, size_t wanted) __attribute__((returns_nonnull));

// Laid out by hand: the tool takes new for the operator of another language.
// clang-format off
#define new(mem, T) ((T *)arena_alloc(mem, sizeof(T)))
#define new_n(mem, T, count) ((T *)arena_alloc(mem, sizeof(T) * (count)))
// clang-format on

// A list is {at, n, cap}. `{0}` is an empty list. LIST(T) names the anonymous type; typedef it where it crosses functions.
#define LIST(T)                                                                                                                            \
    struct {                                                                                                                               \
        T *at;                                                                                                                             \
        size_t n, cap;                                                                                                                     \
    }

// Appends a zeroed element and returns a pointer to it, valid until the next push.
#define push(mem, list) ((typeof((list).at))list_push_((mem), (void **)&(list).at, &(list).n, &(list).cap, sizeof *(list).at))
// Makes room for `count` elements in all.
#define reserve(mem, list, count) list_reserve_((mem), (void **)&(list).at, &(list).n, &(list).cap, sizeof *(list).at, (count))

void *list_push_(arena *, void **at, size_t *n, size_t *cap, size_t size);
void list_reserve_(arena *, void **at, size_t *n, size_t *cap, size_t size, size_t count);

// for (each pointer x into list)
#define each(x, list) for (typeof(&*(list).at) x = (list).at, x##_end_ = x ? x + (list).n : x; x < x##_end_; x++)

#define countof(array) (sizeof(array) / sizeof *(array))
