// Fills a library for measuring: bench/seed [--data DIR] --assets N [--jobs N]. SQLite in DIR, or the PostgreSQL of the environment.
//
// One user, bench@example.com with the password benchbench, and N assets over 15 years: makes Make0 to Make6, models Model0 to Model39, lenses
// Lens0 to Lens12, City0 to City299 in State0 to State39 in Country0 to Country19, coordinates on all, every 20th a video, every 50th a favourite.
// All assets share one preview and one thumbnail on disk. --jobs adds jobs that do nothing. The database itself counts the rows out, so that a million takes no million round trips.
#include "app/location.h"
#include "app/mounts.h"
#include "features/users.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { YEARS = 15, BATCH = 50000, PARTS_MAX = 8 };

typedef struct {
    settings settings;
    int64_t assets, jobs;
    app app;
    uuid owner;
    when first;
    str preview, thumbnail;
} seed;

// A stretch of the assets, filled by a thread and in a transaction of its own.
typedef struct {
    seed *seed;
    int64_t from, to;
    pthread_t thread;
} part;

// The same row from its number on both engines; what the engines say differently stands side by side.
static const char assets_sqlite[] =
    "with recursive n(i) as (select $2 union all select i + 1 from n where i + 1 < $3) "
    "insert into asset (id, \"ownerId\", type, \"originalPath\", \"originalFileName\", \"fileCreatedAt\", \"fileModifiedAt\", \"localDateTime\", "
    "\"createdAt\", \"isFavorite\", duration, checksum, \"checksumAlgorithm\", thumbhash, width, height) "
    "select uuid_v4(), $1, case when i % 20 = 0 then 'VIDEO' else 'IMAGE' end, printf('/nowhere/IMG_%d.jpg', i), printf('IMG_%d.jpg', i), "
    "$4 + i * $5, $4 + i * $5, $4 + i * $5 + 7200000000, $4 + i * $5, i % 50 = 0, case when i % 20 = 0 then 8000 end, "
    "cast(printf('%020d', i) as blob), 'sha1', $6, case when i % 3 = 0 then 3000 else 4000 end, case when i % 3 = 0 then 4000 else 3000 end from n";
static const char assets_postgres[] =
    "insert into asset (\"ownerId\", type, \"originalPath\", \"originalFileName\", \"fileCreatedAt\", \"fileModifiedAt\", \"localDateTime\", "
    "\"createdAt\", \"isFavorite\", duration, checksum, \"checksumAlgorithm\", thumbhash, width, height) "
    "select $1, case when i % 20 = 0 then 'VIDEO' else 'IMAGE' end, concat('/nowhere/IMG_', i, '.jpg'), concat('IMG_', i, '.jpg'), t, t, "
    "t + interval '2 hours', t, i % 50 = 0, case when i % 20 = 0 then 8000 end, convert_to(lpad(cast(i as text), 20, '0'), 'UTF8'), "
    "cast('sha1' as asset_checksum_algorithm_enum), $6, case when i % 3 = 0 then 3000 else 4000 end, case when i % 3 = 0 then 4000 else 3000 end "
    "from (select i, to_timestamp(($4 + i * $5) / 1000000.0) as t from generate_series($2, $3 - 1) as i) numbers";

#define BATCH_OF "where a.\"ownerId\" = $1 and a.\"fileCreatedAt\" >= $2 and a.\"fileCreatedAt\" < $3"
#define NUMBER "cast(replace(replace(a.\"originalFileName\", 'IMG_', ''), '.jpg', '') as integer)"
static const char details[] =
    "insert into asset_exif (\"assetId\", make, model, \"lensModel\", city, state, country, latitude, longitude, \"fileSizeInByte\", "
    "\"exifImageWidth\", \"exifImageHeight\", \"dateTimeOriginal\", \"timeZone\", iso, \"fNumber\", \"focalLength\", orientation) "
    "select id, 'Make' || (i % 7), 'Model' || (i % 40), 'Lens' || (i % 13), 'City' || (i % 300), 'State' || (i % 40), "
    "'Country' || (i % 20), -60.0 + i % 1200 * 0.1, -180.0 + i % 3600 * 0.1, 2000000 + i % 1000 * 1000, 4000, 3000, taken, 'UTC+2', "
    "100 + i % 8 * 100, 1.8, 26.0, '1' from (select a.id, a.\"fileCreatedAt\" as taken, " NUMBER " as i from asset a " BATCH_OF
    ") numbered";
static const char files[] = "insert into asset_file (\"assetId\", type, path) select id, $4, $5 from asset a " BATCH_OF;
static const char states[] = "insert into asset_job_status (\"assetId\", \"metadataExtractedAt\") select id, $4 from asset a " BATCH_OF;

static void make_user(request *rq, void *arg)
{
    seed *s = arg;
    s->owner = db_uuid(rq->db, "select id from \"user\" where email = 'bench@example.com'");
    if (uuid_nil(s->owner))
        s->owner = user_create(rq, (new_account){.email = S("bench@example.com"),
                                                 .name = S("Bench"),
                                                 .password = S("benchbench"),
                                                 .is_admin = true,
                                                 .storage_label = S("admin")});
}

static void make_part(request *rq, void *arg)
{
    part *p = arg;
    seed *s = p->seed;
    int64_t step = YEARS * 365 * DAY / s->assets;
    static uint8_t thumbhash[] = {0xd7, 0x07, 0x0a, 0x2d, 0x02, 0xb8, 0x77, 0x78, 0x88, 0x77,
                                  0x87, 0x78, 0x78, 0x87, 0x80, 0x87, 0x08, 0x7a, 0x80, 0x77};
    bool sqlite = db_engine_of(rq->db) == DB_SQLITE;
    if (sqlite) db_exec(rq->db, "pragma cache_size = -400000");
    for (int64_t from = p->from; from < p->to; from += BATCH) {
        int64_t to = from + BATCH < p->to ? from + BATCH : p->to;
        db_exec(rq->db, sqlite ? assets_sqlite : assets_postgres, UUID(s->owner), INT(from), INT(to), INT(s->first), INT(step),
                BYTES(((bytes){thumbhash, sizeof thumbhash})));
        param after = WHEN(s->first + from * step), before = WHEN(s->first + to * step);
        db_exec(rq->db, details, UUID(s->owner), after, before);
        db_exec(rq->db, files, UUID(s->owner), after, before, STR(S("preview")), STR(s->preview));
        db_exec(rq->db, files, UUID(s->owner), after, before, STR(S("thumbnail")), STR(s->thumbnail));
        db_exec(rq->db, states, UUID(s->owner), after, before, WHEN(now()));
        fprintf(stderr, "%lld to %lld of %lld\n", (long long)from, (long long)to, (long long)s->assets);
    }
}

static void *fill_part(void *arg)
{
    part *p = arg;
    arena *mem = arena_new();
    str problem = {0};
    if (!app_work(&p->seed->app, mem, make_part, p, &problem)) log_die("%.*s", PR(problem));
    arena_free(mem);
    return NULL;
}

static int hands(void)
{
    int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    return cores < PARTS_MAX ? cores : PARTS_MAX;
}

// SQLite has one writer; PostgreSQL one for each core.
static void make_assets(seed *s)
{
    bool sqlite = db_pool_engine(s->app.pool) == DB_SQLITE;
    part parts[PARTS_MAX];
    int n = sqlite || s->assets < BATCH ? 1 : hands();
    for (int i = 0; i < n; i++) {
        parts[i] = (part){.seed = s, .from = s->assets * i / n, .to = s->assets * (i + 1) / n};
        if (pthread_create(&parts[i].thread, NULL, fill_part, &parts[i])) log_die("cannot start a thread");
    }
    for (int i = 0; i < n; i++) pthread_join(parts[i].thread, NULL);
}

// ---- indexes ---------------------------------------------------------------------------------------------------------------------
// A fresh library's tables of PostgreSQL get theirs at the end, by all cores: half the time of the rows (PostgreSQL manual, 14.4.3). Those of the
// constraints stay, the one by which the statements above find their batch, and the one of places: a GiST index is built row by row in any case, and
// then by one core only.

typedef struct {
    seed *seed;
    strs drop, create;
    atomic_size_t next;
} indexes;

static void drop_indexes(request *rq, void *arg)
{
    indexes *x = arg;
    if (db_engine_of(rq->db) == DB_SQLITE || db_has(rq->db, "select 1 from asset limit 1")) return;
    db_rows (
        r, rq->db,
        "select concat('drop index ', quote_ident(indexname)), indexdef from pg_indexes where tablename in ('asset', 'asset_exif', 'asset_file') "
        "and indexname <> 'calotype_asset_taken_idx' and strpos(indexdef, ' gist ') = 0 and indexname not in (select conname from pg_constraint)") {
        *push(rq->mem, x->drop) = str_dup(rq->mem, col_str(r, 0));
        *push(rq->mem, x->create) = str_dup(rq->mem, col_str(r, 1));
    }
    each (d, x->drop) db_exec(rq->db, d->at);
}

static void create_index(request *rq, void *definition)
{
    db_exec(rq->db, "set local maintenance_work_mem = '256MB'");
    db_exec(rq->db, definition);
}

static void *create_indexes(void *arg)
{
    indexes *x = arg;
    for (size_t i; (i = x->next++) < x->create.n;) {
        arena *mem = arena_new();
        str problem = {0};
        if (!app_work(&x->seed->app, mem, create_index, x->create.at[i].at, &problem))
            log_die("%.*s: %.*s", PR(x->create.at[i]), PR(problem));
        arena_free(mem);
    }
    return NULL;
}

static void restore_indexes(indexes *x)
{
    pthread_t threads[PARTS_MAX];
    int n = hands();
    for (int i = 0; i < n; i++)
        if (pthread_create(&threads[i], NULL, create_indexes, x)) log_die("cannot start a thread");
    for (int i = 0; i < n; i++) pthread_join(threads[i], NULL);
}

// As PostgreSQL does by itself a minute after so much has changed.
static void analyze(request *rq, void *unused)
{
    (void)unused;
    if (db_engine_of(rq->db) == DB_POSTGRES) db_exec(rq->db, "analyze");
}

// Deleting no files is the emptiest of jobs.
static void make_jobs(request *rq, void *arg)
{
    seed *s = arg;
    job_options *jobs = new_n(rq->mem, job_options, s->jobs);
    for (int64_t i = 0; i < s->jobs; i++) jobs[i] = (job_options){.name = JOB_FileDelete};
    job_push_all(rq, jobs, (size_t)s->jobs);
}

// A grey picture of the size that thumbnails usually have.
static void make_file(ctx *c, app *app, str path, size_t size)
{
    storage_file *f = storage_create(c->mem, app->storage, false);
    uint8_t *noise = arena_alloc(c->mem, size);
    random_bytes(noise, size);
    if (!f || !storage_write(f, noise, size)) fail(c, 500, "cannot write the shared picture");
    storage_keep(c, f, path, WHEN_NONE);
    storage_settle(c);
}

static void open_all(ctx *c, void *arg)
{
    seed *s = arg;
    process_open(c, &s->settings, &(birth){.first = true}, PARTS_MAX, &s->app);
    mounts_check(c, &s->settings, &s->app);
    location_check(c, &s->settings, &s->app);
    s->preview = storage_nested(s->app.storage, c->mem, FOLDER_THUMBS, uuid_v4(), S("bench_preview.jpeg"));
    s->thumbnail = storage_nested(s->app.storage, c->mem, FOLDER_THUMBS, uuid_v4(), S("bench_thumbnail.webp"));
    make_file(c, &s->app, s->preview, 250 * 1024);
    make_file(c, &s->app, s->thumbnail, 15 * 1024);
}

int main(int argc, char **argv)
{
    command_line line = {.port = -1};
    seed s = {0};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--data")) line.data = argv[i + 1];
        else if (!strcmp(argv[i], "--assets")) s.assets = atoll(argv[i + 1]);
        else if (!strcmp(argv[i], "--jobs")) s.jobs = atoll(argv[i + 1]);
    }
    if (s.assets <= 0) {
        fprintf(stderr, "usage: seed [--data DIR] --assets N [--jobs N]\n");
        return EXIT_USAGE;
    }
    arena *mem = arena_new();
    str problem = {0};
    log_setup("seed", LOG_WARN, false);
    if (!settings_load(mem, line, &s.settings, &problem)) log_die("%.*s", PR(problem));
    ctx c = {.mem = mem};
    if (!try(&c, open_all, &s)) return process_failed(&c, &s.app);
    s.first = now() - YEARS * 365 * DAY;
    indexes x = {.seed = &s};
    bool fine = app_work(&s.app, mem, make_user, &s, &problem) && app_work(&s.app, mem, drop_indexes, &x, &problem);
    if (fine) make_assets(&s);
    if (fine) restore_indexes(&x);
    fine = fine && app_work(&s.app, mem, analyze, &s, &problem) && (!s.jobs || app_work(&s.app, mem, make_jobs, &s, &problem));
    if (!fine) log_die("%.*s", PR(problem));
    db_close(s.app.pool);
    arena_free(mem);
    return 0;
}
