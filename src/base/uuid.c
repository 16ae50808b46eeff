// UUIDs: making, reading, writing (RFC 9562), and small sets of them.
#include "base/uuid.h"
#include "base/hash.h"
#include "base/time.h"
#include <endian.h>
#include <pthread.h>

// ---- making ----------------------------------------------------------------------------------------------------------------------

// Random numbers are fetched for 64 UUIDs at a time. A forked child must not hand out its parent's.
static _Thread_local struct {
    uuid at[64];
    size_t left;
} stock;

static void stock_forget(void)
{
    stock.left = 0;
}

__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, stock_forget);
}

static uuid uuid_random(int version)
{
    if (!stock.left) {
        random_bytes(stock.at, sizeof stock.at);
        stock.left = countof(stock.at);
    }
    uuid u = stock.at[--stock.left];
    u.b[6] = (uint8_t)((u.b[6] & 0x0f) | version << 4);
    u.b[8] = (u.b[8] & 0x3f) | 0x80;
    return u;
}

uuid uuid_v4(void)
{
    return uuid_random(4);
}

uuid uuid_v7(void)
{
    return uuid_v7_at(now());
}

uuid uuid_v7_at(int64_t microseconds)
{
    uuid u = uuid_random(7);
    int64_t milliseconds = microseconds / 1000;
    for (int i = 0; i < 6; i++) u.b[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
    return u;
}

// ---- text ------------------------------------------------------------------------------------------------------------------------

bool uuid_parse(str s, uuid *out)
{
    uuid u;
    if (s.n != 36) return false;
    for (size_t i = 0, k = 0; i < 36; k++) {
        if (i == 8 || i == 13 || i == 18 || i == 23)
            if (s.at[i++] != '-') return false;
        int high = hex_digit(s.at[i++]), low = hex_digit(s.at[i++]);
        if (high < 0 || low < 0) return false;
        u.b[k] = (uint8_t)(high << 4 | low);
    }
    *out = u;
    return true;
}

bool uuid_is_v4(str s)
{
    uuid u;
    return uuid_parse(s, &u) && u.b[6] >> 4 == 4 && u.b[8] >> 6 == 2;
}

// Eight digits at once: four bytes become eight nibbles, each in a byte of its own, and those above nine are moved on to the letters.
static void put_hex(char out[8], const uint8_t in[4])
{
    uint64_t x = (uint64_t)in[0] << 24 | (uint64_t)in[1] << 16 | (uint64_t)in[2] << 8 | in[3];
    x = (x | x << 16) & 0x0000ffff0000ffff;
    x = (x | x << 8) & 0x00ff00ff00ff00ff;
    x = (x | x << 4) & 0x0f0f0f0f0f0f0f0f;
    uint64_t letters = (x + 0x0606060606060606) >> 4 & 0x0101010101010101;
    x = htobe64(x + 0x3030303030303030 + letters * ('a' - '9' - 1));
    memcpy(out, &x, sizeof x);
}

void uuid_write(uuid u, char out[37])
{
    char hex[32];
    for (int i = 0; i < 4; i++) put_hex(hex + 8 * i, u.b + 4 * i);
    memcpy(out, hex, 8);
    memcpy(out + 9, hex + 8, 4);
    memcpy(out + 14, hex + 12, 4);
    memcpy(out + 19, hex + 16, 4);
    memcpy(out + 24, hex + 20, 12);
    out[8] = out[13] = out[18] = out[23] = '-';
    out[36] = 0;
}

str uuid_text(arena *mem, uuid u)
{
    str s = {arena_alloc_raw(mem, 37), 36};
    uuid_write(u, s.at);
    return s;
}

bool uuid_eq(uuid a, uuid b)
{
    return !memcmp(a.b, b.b, 16);
}

int uuid_cmp(uuid a, uuid b)
{
    return memcmp(a.b, b.b, 16);
}

bool uuid_nil(uuid u)
{
    return uuid_eq(u, (uuid){0});
}

// ---- lists and sets --------------------------------------------------------------------------------------------------------------

enum { SHORT_LIST = 32 }; // up to here looking at each one is quickest

// An open-addressing hash table over the positions of a list. The seed is random, so that nobody can choose UUIDs that collide.
struct ids_index {
    size_t n;    // elements covered: those of the list if it is up to date
    size_t mask; // slots - 1
    uint64_t seed[2];
    uint32_t slots[]; // position + 1; 0 is free
};

// The slot of u: the one that holds it, or the free one where it belongs.
static uint32_t *slot_of(struct ids_index *index, const uuid *at, uuid u)
{
    uint64_t half[2];
    memcpy(half, u.b, 16);
    unsigned __int128 product = (unsigned __int128)(half[0] ^ index->seed[0]) * (half[1] ^ index->seed[1]);
    size_t i = (size_t)(product ^ product >> 64);
    for (;; i++) {
        uint32_t *slot = &index->slots[i & index->mask];
        if (!*slot || uuid_eq(at[*slot - 1], u)) return slot;
    }
}

void ids_prepare(arena *mem, ids *list)
{
    struct ids_index *index = list->index;
    if (list->n <= SHORT_LIST || (index && index->n == list->n && 2 * list->n <= index->mask)) return;
    size_t slots = 4 * SHORT_LIST;
    while (slots < 4 * list->n) slots *= 2;
    index = arena_alloc(mem, sizeof *index + slots * sizeof *index->slots);
    index->mask = slots - 1;
    random_bytes(index->seed, sizeof index->seed);
    for (; index->n < list->n; index->n++) *slot_of(index, list->at, list->at[index->n]) = (uint32_t)index->n + 1;
    list->index = index;
}

bool ids_has(ids list, uuid u)
{
    if (list.index && list.index->n == list.n) return *slot_of(list.index, list.at, u) != 0;
    each (id, list)
        if (uuid_eq(*id, u)) return true;
    return false;
}

bool ids_add(arena *mem, ids *list, uuid u)
{
    ids_prepare(mem, list);
    if (ids_has(*list, u)) return false;
    *push(mem, *list) = u;
    if (list->index && list->index->n == list->n - 1) {
        *slot_of(list->index, list->at, u) = (uint32_t)list->n;
        list->index->n = list->n;
    }
    return true;
}
