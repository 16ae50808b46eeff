// ids(?1) and strs(?1): tables over a list of the caller, which is bound as a pointer and so never copied nor parsed.
// A join or `in` that fixes the value of the column walks the list; SQLite builds an index by itself where that pays.
#include "db/sqlite.h"

typedef struct {
    sqlite3_vtab base;
    bool is_ids;
} set_table;

typedef struct {
    sqlite3_vtab_cursor base;
    const param *set; // NULL: an empty set
    size_t at, n;
} set_cursor;

enum { COLUMN_VALUE, COLUMN_LIST };
static const char pointer_type[] = "calotype-set";

static int set_connect(sqlite3 *db, void *is_ids, int argc, const char *const *argv, sqlite3_vtab **out, char **error)
{
    int rc = sqlite3_declare_vtab(db, is_ids ? "create table x (id blob, list hidden)" : "create table x (text text, list hidden)");
    if (rc != SQLITE_OK) return rc;
    set_table *t = sqlite3_malloc(sizeof *t);
    if (!t) return SQLITE_NOMEM;
    *t = (set_table){.is_ids = is_ids != NULL};
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    *out = &t->base;
    return SQLITE_OK;
}

static int set_disconnect(sqlite3_vtab *t)
{
    sqlite3_free(t);
    return SQLITE_OK;
}

static int set_open(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
    set_cursor *c = sqlite3_malloc(sizeof *c);
    if (!c) return SQLITE_NOMEM;
    *c = (set_cursor){0};
    *out = &c->base;
    return SQLITE_OK;
}

static int set_close(sqlite3_vtab_cursor *c)
{
    sqlite3_free(c);
    return SQLITE_OK;
}

// The list is an argument: a plan that doesn't have it is of no use.
static int set_best_index(sqlite3_vtab *t, sqlite3_index_info *info)
{
    for (int i = 0; i < info->nConstraint; i++) {
        if (info->aConstraint[i].iColumn != COLUMN_LIST || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
        if (!info->aConstraint[i].usable) return SQLITE_CONSTRAINT;
        info->aConstraintUsage[i].argvIndex = 1;
        info->aConstraintUsage[i].omit = 1;
        info->idxNum = 1;
        info->estimatedCost = 50;
        info->estimatedRows = 50;
        return SQLITE_OK;
    }
    info->estimatedCost = 1e12;
    return SQLITE_OK;
}

static int set_filter(sqlite3_vtab_cursor *base, int plan, const char *name, int argc, sqlite3_value **argv)
{
    set_cursor *c = (set_cursor *)base;
    c->at = 0;
    c->set = plan && argc == 1 ? sqlite3_value_pointer(argv[0], pointer_type) : NULL;
    c->n = !c->set ? 0 : ((set_table *)base->pVtab)->is_ids ? c->set->ids.n : c->set->strs.n;
    return SQLITE_OK;
}

static int set_next(sqlite3_vtab_cursor *c)
{
    ((set_cursor *)c)->at++;
    return SQLITE_OK;
}

static int set_eof(sqlite3_vtab_cursor *base)
{
    set_cursor *c = (set_cursor *)base;
    return c->at >= c->n;
}

static int set_column(sqlite3_vtab_cursor *base, sqlite3_context *out, int column)
{
    set_cursor *c = (set_cursor *)base;
    if (column != COLUMN_VALUE) return SQLITE_OK;
    if (((set_table *)base->pVtab)->is_ids) sqlite3_result_blob(out, &c->set->ids.at[c->at], sizeof(uuid), SQLITE_STATIC);
    else {
        str s = c->set->strs.at[c->at];
        if (s.at) sqlite3_result_text64(out, s.at, s.n, SQLITE_STATIC, SQLITE_UTF8);
    }
    return SQLITE_OK;
}

static int set_rowid(sqlite3_vtab_cursor *c, sqlite3_int64 *rowid)
{
    *rowid = (sqlite3_int64)((set_cursor *)c)->at;
    return SQLITE_OK;
}

static const sqlite3_module set_module = {
    .xConnect = set_connect, // without xCreate: the table is there by itself
    .xBestIndex = set_best_index,
    .xDisconnect = set_disconnect,
    .xOpen = set_open,
    .xClose = set_close,
    .xFilter = set_filter,
    .xNext = set_next,
    .xEof = set_eof,
    .xColumn = set_column,
    .xRowid = set_rowid,
};

int sqlite_add_sets(sqlite3 *db)
{
    static char is_ids;
    int rc = sqlite3_create_module(db, "ids", &set_module, &is_ids);
    return rc == SQLITE_OK ? sqlite3_create_module(db, "strs", &set_module, NULL) : rc;
}

int sqlite_bind_set(sqlite3_stmt *statement, int index, const param *set)
{
    return sqlite3_bind_pointer(statement, index, (void *)set, pointer_type, NULL);
}
