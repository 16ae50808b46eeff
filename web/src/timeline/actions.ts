// What one can do with photos, chosen ones or the one in the viewer. The page changes at once; if the server refuses, it changes back.
import { session } from "../app/session.svelte";
import { call, urlOf } from "../lib/api";
import { t } from "../messages/index.svelte";
import { confirm } from "../ui/confirm.svelte";
import { failed, toast } from "../ui/toast.svelte";
import type { Photo } from "./photo";
import type { Selection } from "./selection.svelte";
import type { Timeline } from "./timeline.svelte";

/** So many ids go with one request. */
const BATCH = 1000;
/** Browsers drop downloads that are asked for in the same moment. */
const BETWEEN_DOWNLOADS = 400;

export class Actions {
  constructor(
    private timeline: Timeline,
    private selection: Selection,
  ) {}

  favorite(photos: readonly Photo[], isFavorite: boolean) {
    return this.update(photos, { isFavorite }, t("favorite.failed"));
  }

  async archive(photos: readonly Photo[], archived: boolean) {
    const mine = own(photos);
    const done = await this.update(mine, { visibility: archived ? "archive" : "timeline" }, t("archive.failed"));
    if (!done || !mine.length) return;
    const undo = () => void this.update(mine, { visibility: archived ? "timeline" : "archive" }, t("archive.failed"));
    toast(t(archived ? "archive.done" : "archive.undone", { n: mine.length }), { action: { label: t("action.undo"), run: undo } });
  }

  /** Into the trash, from where it can come back; for ever if there is no trash here. */
  async trash(photos: readonly Photo[]): Promise<boolean> {
    if (!session.features?.trash || photos.some((photo) => photo.isTrashed)) return this.deleteForEver(photos);
    const mine = own(photos);
    if (!mine.length) return false;
    const ids = mine.map(({ id }) => id);
    this.put(mine.map((photo) => ({ ...photo, isTrashed: true })));
    try {
      await inBatches(ids, (some) => call("deleteAssets", { body: { ids: some } }));
    } catch (error) {
      this.put(mine);
      failed(t("trash.failed"), error);
      return false;
    }
    const undo = () => void this.restore(mine.map((photo) => ({ ...photo, isTrashed: true })));
    toast(t("trash.done", { n: mine.length }), { action: { label: t("action.undo"), run: undo } });
    return true;
  }

  async restore(photos: readonly Photo[]) {
    this.put(photos.map((photo) => ({ ...photo, isTrashed: false })));
    try {
      await inBatches(
        photos.map(({ id }) => id),
        (ids) => call("restoreAssets", { body: { ids } }),
      );
      toast(t("restore.done", { n: photos.length }), { kind: "success" });
    } catch (error) {
      this.put(photos);
      failed(t("restore.failed"), error);
    }
  }

  /** After a question; answers whether they are gone. */
  async deleteForEver(photos: readonly Photo[]): Promise<boolean> {
    const mine = own(photos);
    const n = mine.length;
    if (!n) return false;
    const sure = await confirm({ title: t("delete.title", { n }), text: t("delete.text"), action: t("delete.action"), danger: true });
    if (!sure) return false;
    const ids = mine.map(({ id }) => id);
    this.take(ids);
    try {
      await inBatches(ids, (some) => call("deleteAssets", { body: { ids: some, force: true } }));
      toast(t("delete.done", { n }));
      return true;
    } catch (error) {
      this.put(mine);
      failed(t("delete.failed"), error);
      return false;
    }
  }

  async emptyTrash() {
    const n = this.timeline.total ?? 0;
    if (!(await confirm({ title: t("emptyTrash.title", { n }), text: t("delete.text"), action: t("emptyTrash.action"), danger: true }))) return;
    await this.wholeTrash("emptyTrash", () => t("delete.done", { n }));
  }

  async restoreAll() {
    const n = this.timeline.total ?? 0;
    if (!(await confirm({ title: t("restoreAll.title", { n }), action: t("restoreAll.action") }))) return;
    await this.wholeTrash("restoreTrash", () => t("restore.done", { n }));
  }

  private async wholeTrash(operation: "emptyTrash" | "restoreTrash", done: () => string) {
    try {
      await call(operation, {});
      this.selection.clear();
      toast(done(), { kind: "success" });
      await this.timeline.recount();
    } catch (error) {
      failed(t(operation === "emptyTrash" ? "delete.failed" : "restore.failed"), error);
    }
  }

  /** The files as they were uploaded, one after the other. */
  async download(photos: readonly Photo[]) {
    for (const [i, photo] of photos.entries()) {
      if (i) await new Promise((later) => setTimeout(later, BETWEEN_DOWNLOADS));
      save(urlOf("downloadAsset", { id: photo.id }));
    }
    if (photos.length > 1) toast(t("download.done", { n: photos.length }));
  }

  private async update(photos: readonly Photo[], change: Partial<Pick<Photo, "isFavorite" | "visibility">>, problem: string): Promise<boolean> {
    const mine = own(photos);
    if (!mine.length) return false;
    this.put(mine.map((photo) => ({ ...photo, ...change })));
    try {
      await inBatches(
        mine.map(({ id }) => id),
        (ids) => call("updateAssets", { body: { ids, ...change } }),
      );
      return true;
    } catch (error) {
      this.put(mine);
      failed(problem, error);
      return false;
    }
  }

  /** Those that no longer belong on this page leave it, and are not chosen any more. */
  private put(photos: readonly Photo[]) {
    this.timeline.put(photos);
    this.selection.drop(photos.filter((photo) => !this.timeline.filter.holds(photo)).map(({ id }) => id));
    this.selection.renew(photos);
  }

  private take(ids: readonly string[]) {
    this.timeline.remove(new Set(ids));
    this.selection.drop(ids);
  }
}

/** Photos of partners can be looked at, and no more. */
const own = (photos: readonly Photo[]) => photos.filter((photo) => photo.ownerId === session.user?.id);

async function inBatches(ids: readonly string[], act: (ids: string[]) => Promise<unknown>) {
  for (let at = 0; at < ids.length; at += BATCH) await act(ids.slice(at, at + BATCH));
}

function save(address: string) {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
