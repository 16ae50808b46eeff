// A media location of its own for a test, removed when the program ends.
#pragma once
#include "storage/storage.h"
#include "test.h"

storage *media_folder(arena *mem);
