-- No description is null, no longer the empty text.
alter table album alter description drop not null, alter description drop default;
update album set description = null where description = '';
