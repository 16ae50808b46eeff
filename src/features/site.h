// What lies beside the API: /.well-known/immich, /custom.css and the web app.
#pragma once
#include "features/feature.h"

// Answers a request outside /api; false for an API request.
bool site_answers(request *);
