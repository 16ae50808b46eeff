// How the dispatcher reaches the handlers. The table is made by tools/contract.py and compiled with the features (contract_routes_src).
#pragma once
#include "contract/route.h"

struct request;
struct db;

// in points to the X_in, out to the zeroed X_out of the operation. Handlers are written with HANDLER(X) and know their types; a pointer to a struct
// is passed like any other, which is all that calling them through this type relies on.
typedef void handler(struct request *, struct db *, arena *, const void *in, void *out);

extern handler *const route_handlers[]; // in the order of routes[]; NULL while an operation has no handler
static inline handler *route_handler(const route *r)
{
    return route_handlers[r - routes];
}
