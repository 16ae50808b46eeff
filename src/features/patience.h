// Guessing takes time: whoever fails again and again, from one address or at one account, waits longer and longer for the answer. Who knows the
// password is let in at once, always: nobody can lock somebody else out. The memory of failures is this process's and fades.
#pragma once
#include "features/feature.h"

void patience_lose(request *, str account); // a wrong guess: holds back the answer of this request
void patience_regain(str account);          // the right one
