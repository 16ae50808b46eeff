// A user's preferences, for the user and for administrators.
#pragma once
#include "features/feature.h"

UserPreferencesResponseDto preferences_of(request *, uuid user);
UserPreferencesResponseDto preferences_update(request *, uuid user, const UserPreferencesUpdateDto *change);
