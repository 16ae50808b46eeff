// See patience.h.
#include "features/patience.h"
#include <pthread.h>

enum { PLACES = 4096, ACCOUNT_FREE = 3, ADDRESS_FREE = 10, LONGEST_S = 16 };
#define FADES (15 * MINUTE)

typedef struct {
    uint64_t key;
    when last;
    int failures;
} place;

static place places[PLACES];
static uint64_t secret[2]; // so that nobody chooses who shares a place
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// With the lock held. Of two that share a place, the newer one takes it.
static place *place_of(arena *mem, const char *kind, str text)
{
    if (!secret[0]) random_bytes(secret, sizeof secret);
    sha256 digest = sha256_of(
        str_bytes(str_fmt(mem, "%llx%llx %s %.*s", (unsigned long long)secret[0], (unsigned long long)secret[1], kind, PR(text))));
    uint64_t key;
    memcpy(&key, digest.b, sizeof key);
    place *p = &places[key % PLACES];
    if (p->key != key || now() - p->last > FADES) *p = (place){.key = key};
    return p;
}

static int fail_at(place *p, int free)
{
    p->last = now();
    return ++p->failures - free;
}

void patience_lose(request *rq, str account)
{
    pthread_mutex_lock(&lock);
    int by_account = fail_at(place_of(rq->mem, "account", account), ACCOUNT_FREE);
    int by_address = fail_at(place_of(rq->mem, "address", rq->http->client), ADDRESS_FREE);
    pthread_mutex_unlock(&lock);
    int over = by_account > by_address ? by_account : by_address;
    if (over <= 0) return;
    answer_hold(rq->http, 1000 * (over < 5 ? 1 << (over - 1) : LONGEST_S));
}

void patience_regain(str account)
{
    arena *mem = arena_new();
    pthread_mutex_lock(&lock);
    *place_of(mem, "account", account) = (place){0};
    pthread_mutex_unlock(&lock);
    arena_free(mem);
}
