// What other clients do, as it happens: one Socket.IO connection for the whole app, opened at sign-in and closed at sign-out.
import type { Socket } from "socket.io-client";

type Events = {
  /** The connection is there, or there again: what was missed meanwhile has to be asked for. */
  connect: () => void;
  disconnect: () => void;
  on_upload_success: (asset: { id: string }) => void;
  on_asset_update: (asset: { id: string }) => void;
  on_asset_delete: (id: string) => void;
  on_asset_trash: (ids: string[]) => void;
  on_asset_restore: (ids: string[]) => void;
  on_asset_hidden: (id: string) => void;
  on_asset_stack_update: () => void;
  on_config_update: () => void;
  on_session_delete: (id: string) => void;
  on_user_delete: (id: string) => void;
};
type Handlers = { [E in keyof Events]?: Events[E] };

const listeners = new Set<Handlers>();
let socket: Socket | undefined;
let wanted = false;
let connected = $state(false);

export const live = {
  /** For the dot in the sidebar. */
  get connected() {
    return connected;
  },
};

/** The returned function ends it, so that an effect can return it as it is. */
export function listen(handlers: Handlers): () => void {
  listeners.add(handlers);
  return () => void listeners.delete(handlers);
}

/** Loads the client after the first paint: nothing on the screen waits for it. */
export async function connect() {
  wanted = true;
  const { io } = await import("socket.io-client");
  if (!wanted || socket) return;
  socket = io({ path: "/api/socket.io", transports: ["websocket"], reconnectionDelayMax: 10_000 });
  socket.on("connect", () => {
    connected = true;
    tell("connect");
  });
  socket.on("disconnect", () => {
    connected = false;
    tell("disconnect");
  });
  socket.onAny((event: string, ...args: unknown[]) => tell(event, ...args));
}

export function disconnect() {
  wanted = false;
  socket?.disconnect();
  socket = undefined;
  connected = false;
}

function tell(event: string, ...args: unknown[]) {
  for (const handlers of [...listeners]) {
    const handler = handlers[event as keyof Events] as ((...args: unknown[]) => void) | undefined;
    handler?.(...args);
  }
}
