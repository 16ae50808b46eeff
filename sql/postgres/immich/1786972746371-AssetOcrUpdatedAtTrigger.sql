-- A change of recognised text is seen by sync.
alter table asset_ocr add "updatedAt" timestamptz not null default now();
create trigger "asset_ocr_updatedAt" before update on asset_ocr for each row execute function updated_at();
