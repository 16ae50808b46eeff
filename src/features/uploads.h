// Operations that take files. Each gives a function that runs when the headers are in, with the caller authenticated and permitted: it fills the
// sink for the file parts, or answers at once. It runs in a try: it may fail(); the sink's functions may not.
#pragma once
#include "features/feature.h"

typedef void upload_start(request *, http_sink *);
upload_start uploadAsset_upload;
