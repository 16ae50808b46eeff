// The ground floor in one include. Knows nothing of photos.
#pragma once
#include "base/arena.h"
#include "base/ctx.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "base/time.h"
#include "base/uuid.h"
