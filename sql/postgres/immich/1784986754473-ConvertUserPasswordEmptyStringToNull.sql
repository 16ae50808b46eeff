-- No password is null, no longer the empty text.
alter table "user" alter password drop not null, alter password drop default;
update "user" set password = null where password = '';
