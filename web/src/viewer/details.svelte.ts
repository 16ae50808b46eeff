// All that the server knows of the photo in the viewer, asked for when the panel is open, and kept right when something changes.
import type { AssetResponseDto, UpdateAssetDto } from "../contract";
import { call } from "../lib/api";
import { listen } from "../lib/live.svelte";
import { failed } from "../ui/toast.svelte";

export class Details {
  asset = $state.raw<AssetResponseDto>();
  private request?: AbortController;

  /** Forgets the photo before. */
  async read(id: string) {
    this.request?.abort();
    this.request = new AbortController();
    if (this.asset?.id !== id) this.asset = undefined;
    try {
      this.asset = await call("getAssetInfo", { id }, this.request.signal);
    } catch {
      // The panel stays empty; what is gone or unreachable says so elsewhere.
    }
  }

  /** problem: what to say if it could not be saved. */
  async change(change: UpdateAssetDto, problem: string) {
    const { asset } = this;
    if (!asset) return;
    try {
      const changed = await call("updateAsset", { id: asset.id, body: change });
      if (this.asset?.id === asset.id) this.asset = { ...asset, ...changed };
    } catch (error) {
      failed(problem, error);
      if (this.asset?.id === asset.id) this.asset = { ...asset };
    }
  }

  /** Until the returned function is called. */
  follow() {
    return listen({
      on_asset_update: ({ id }) => {
        if (id === this.asset?.id) void this.read(id);
      },
    });
  }
}
