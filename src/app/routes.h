// `calotype admin routes`.
#pragma once
#include <stdio.h>

// One line for each operation: done or missing, method, path, operation id; then how many. Returns the exit code.
int routes_print(FILE *);
