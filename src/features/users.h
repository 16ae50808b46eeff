// What other features need to know of users.
#pragma once
#include "features/feature.h"

// `select USER_ADMIN_COLUMNS from "user" u …`: the columns that user_admin() reads, from `first` on.
#define USER_ADMIN_COLUMNS                                                                                                                  \
    "u.id, u.email, u.name, u.\"profileImagePath\", u.\"avatarColor\", u.\"profileChangedAt\", u.\"storageLabel\", "                        \
    "u.\"shouldChangePassword\", u.\"isAdmin\", u.\"createdAt\", u.\"updatedAt\", u.\"deletedAt\", u.\"oauthId\", u.\"quotaSizeInBytes\", " \
    "u.\"quotaUsageInBytes\", u.status, u.\"clusterGroupId\", "                                                                             \
    "(select m.value from user_metadata m where m.\"userId\" = u.id and m.key = 'license')"
UserAdminResponseDto user_admin(request *, row *);
// The user-admin object of one user, deleted ones included; fails with 400 "User not found".
UserAdminResponseDto user_admin_of(request *, uuid id);

#define USER_COLUMNS_PUBLIC "u.id, u.email, u.name, u.\"profileImagePath\", u.\"avatarColor\", u.\"profileChangedAt\""
UserResponseDto user_public(request *, row *);

typedef struct {
    str email, name, password, storage_label, pin_code, avatar_color;
    bool is_admin;
    bool is_first; // refused when there is an administrator already
    opt_bool should_change_password;
    opt_int quota_size;
} new_account;
// Creates a user with the rules shared by sign-up and administration (spec 01, 6.1). Hashes the password, so it ends the running transaction first.
uuid user_create(request *, new_account);
str user_storage_label(arena *, str label); // sanitised (spec 01, 13.7); {0} when nothing is left of it
str lower_email(arena *, str);
bool email_taken(request *, str email, uuid but_of);
