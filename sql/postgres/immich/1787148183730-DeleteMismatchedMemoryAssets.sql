-- A memory shows only assets of its owner.
delete from memory_asset using memory, asset
where memory.id = memory_asset."memoriesId" and asset.id = memory_asset."assetId" and asset."ownerId" <> memory."ownerId";
