// Whether the first steps have been shown.
#pragma once
#include "features/feature.h"

bool onboarding_of(request *, uuid user);
bool onboarding_of_server(request *);
void onboarding_set_server(request *, bool onboarded);
