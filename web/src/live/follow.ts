// What other clients do comes into an open timeline: gathered for a moment, so that a phone's whole upload is one change, and applied to
// what is here. Where the events alone do not tell enough, the server is asked how many photos each month has.
import type { AssetResponseDto } from "../contract";
import { listen } from "../lib/live.svelte";
import { photoOf, type Photo } from "../timeline/photo";
import type { Selection } from "../timeline/selection.svelte";
import type { Timeline } from "../timeline/timeline.svelte";

/** Milliseconds: how long news are gathered, and how often the server is asked at most. */
const GATHER = 250;
const ASK = 1500;

/** Until the returned function is called. */
export function follow(timeline: Timeline, selection: Selection): () => void {
  const arrived = new Map<string, { asset: AssetResponseDto; uploaded: boolean }>();
  const gone = new Set<string>();
  let uncertain = false;
  let connectedOnce = false;
  let applying: ReturnType<typeof setTimeout> | undefined;
  let asking: ReturnType<typeof setTimeout> | undefined;

  const soon = () => (applying ??= setTimeout(apply, GATHER));
  const ask = () => {
    asking ??= setTimeout(() => {
      asking = undefined;
      void timeline.recount();
    }, ASK);
  };

  function apply() {
    applying = undefined;
    const photos = [...arrived.values()].map(asPhoto);
    const ids = new Set(gone);
    arrived.clear();
    gone.clear();

    const known = timeline.remove(ids);
    timeline.put(photos);
    selection.drop(ids);
    selection.drop(photos.filter((photo) => !timeline.filter.holds(photo)).map(({ id }) => id));
    selection.renew(photos);

    const complete = known.length === ids.size && photos.every((photo) => !timeline.filter.holds(photo) || timeline.find(photo.id));
    if (uncertain || !complete) ask();
    uncertain = false;
  }

  /** The event of an upload is written for nobody in particular and knows of no favourites. */
  function asPhoto({ asset, uploaded }: { asset: AssetResponseDto; uploaded: boolean }): Photo {
    const photo = photoOf(asset, timeline.filter.order);
    const before = timeline.find(asset.id);
    if (!before) return photo;
    return { ...photo, isFavorite: uploaded ? before.isFavorite : photo.isFavorite, stacked: before.stacked };
  }

  const leave = (ids: readonly string[]) => {
    for (const id of ids) {
      gone.add(id);
      arrived.delete(id);
    }
    soon();
  };
  const here = (asset: { id: string }, uploaded: boolean) => {
    arrived.set(asset.id, { asset: asset as AssetResponseDto, uploaded });
    soon();
  };
  const unclear = () => {
    uncertain = true;
    soon();
  };

  const end = listen({
    on_upload_success: (asset) => here(asset, true),
    on_asset_update: (asset) => here(asset, false),
    on_asset_delete: (id) => leave([id]),
    on_asset_hidden: (id) => leave([id]),
    on_asset_trash: (ids) => (timeline.kind === "trash" ? unclear() : leave(ids)),
    on_asset_restore: (ids) => (timeline.kind === "trash" ? leave(ids) : unclear()),
    on_asset_stack_update: () => void timeline.recount(true),
    // What happened while the connection was lost is unknown.
    connect: () => {
      if (connectedOnce) void timeline.recount(true);
      connectedOnce = true;
    },
    disconnect: () => (connectedOnce = true),
  });
  return () => {
    end();
    clearTimeout(applying);
    clearTimeout(asking);
  };
}
