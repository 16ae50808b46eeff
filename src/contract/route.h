// The route table: every operation of the contract as data, and how a request finds its own and becomes its X_in.
#pragma once
#include "contract/schema.h"

typedef enum { BODY_NONE, BODY_JSON, BODY_MULTIPART } body_kind;
typedef enum { ANSWER_NONE, ANSWER_JSON, ANSWER_TEXT, ANSWER_BINARY } answer_kind;

typedef struct {
    const char *operation;  // getAlbumInfo
    const char *method;     // GET
    const char *path;       // /albums/{id}
    const char *permission; // what an API key needs; "all" where the contract names none; NULL: any key will do (and public routes)
    bool is_public;         // no credentials are looked at
    bool admin_only;
    bool shared_link; // a visitor with a shared link may
    bool also_patch;  // an undocumented PATCH does the same
    body_kind body;
    answer_kind answer;
    int status;                         // of success
    const schema *in;                   // X_in: path parameters in the order of the path, then query, header and body fields
    uint16_t path_n, query_n, header_n; // how many of each; a body is the last field
    const schema *out;                  // the answer; NULL unless ANSWER_JSON or ANSWER_TEXT
    uint32_t out_size;                  // sizeof(X_out)
} route;

extern const route routes[];
extern const size_t route_count;
extern const uint16_t route_spans[]; // routes of d path segments are those from route_spans[d] up to route_spans[d + 1]
extern const size_t route_depth;     // the most segments

enum { ROUTE_PARAMS = 4 };
typedef struct {
    const route *route;
    bool as_patch;            // found by its PATCH twin: a 500 then says "Failed to … v3"
    str params[ROUTE_PARAMS]; // path parameters, decoded
    str bad;                  // ROUTE_BAD_ESCAPE: the offending part
} route_match;

typedef enum { ROUTE_FOUND, ROUTE_UNKNOWN, ROUTE_BAD_ESCAPE } route_result;

// method: HEAD counts as GET. path: as sent, with the prefix /api, without the query; letters of either case, one slash at the end is tolerated.
// ROUTE_BAD_ESCAPE: a path parameter is no valid percent-encoding; 400 "Failed to decode param '<bad>'".
route_result route_find(arena *, str method, str path, route_match *);
const route *route_by_operation(str operation); // NULL if unknown

// Name and value by turns: at[2 * i], at[2 * i + 1]. An http_pair is such a pair.
typedef struct {
    const str *at;
    size_t n;
} pair_texts;

typedef struct {
    pair_texts query;
    str (*header)(void *arg, const char *name); // {0} if absent
    void *header_arg;
    const json *body;  // NULL: none was sent
    pair_texts fields; // of a multipart or form-urlencoded body
    bool form;         // the body was form-urlencoded
} route_input;

// Fills *in (zeroed; route->in->size bytes). False: *out has the issues of the first part that is bad. The parts are body, path, query and headers;
// for DELETE the body comes last (spec 03, 0.2).
bool route_read(arena *, const route_match *, const route_input *, void *in, issues *out);
