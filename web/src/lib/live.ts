// What other clients do, as it happens.
import { io } from "socket.io-client";

type Events = {
  on_upload_success: (asset: { id: string }) => void;
  on_asset_delete: (id: string) => void;
  on_asset_trash: (ids: string[]) => void;
  on_asset_restore: (ids: string[]) => void;
  on_session_delete: (id: string) => void;
};

/** Connects; the returned function ends it. */
export function listen(handlers: Partial<Events> & { connect?: () => void }): () => void {
  const socket = io({ path: "/api/socket.io", transports: ["websocket"], reconnectionDelayMax: 10_000 });
  for (const [event, handler] of Object.entries(handlers)) socket.on(event, handler);
  return () => socket.disconnect();
}
