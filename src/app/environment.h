// Where variables come from: the environment, .env files, and secrets in files of their own.
#pragma once
#include "base/base.h"

// Adds the variables of a .env file that are not set yet; a missing file is fine. False: *problem says what is wrong with it.
bool environment_read(arena *, str path, str *problem);

// A variable; {0} when it is unset or empty.
str environment_get(const char *name);

// A variable that may also stand in a file (<NAME>_FILE, or <NAME> in $CREDENTIALS_DIRECTORY); the blanks at its end do not count.
// False: such a file cannot be read.
bool environment_secret(arena *, const char *name, str *out, str *problem);

// All variables of spec 05, 11 against their rules. {0} when all are right, else the message for the operator.
str environment_check(arena *);
bool environment_is(const char *name, bool otherwise);           // a checked boolean
int64_t environment_number(const char *name, int64_t otherwise); // a checked number
