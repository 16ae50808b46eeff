-- All recognised text is sent again.
delete from session_sync_checkpoint where type = 'AssetOcrV1';
