// What people do while things break: uploads, deletions, looking and, if asked for, writing about photos, from several hands, that keeps book of what
// the server has said.
import { setTimeout as sleep } from "node:timers/promises";
import { jpeg, mp4, png, sha1, until, type Person } from "../support/test.ts";
import type { Random } from "./random.ts";

/** What somebody wrote about a photo. */
export interface Words {
  description: string;
  rating: number;
  dateTimeOriginal: string;
}

export interface Done {
  /** Acknowledged, with the SHA-1 of what was sent, in hex. */
  uploaded: { id: string; checksum: string }[];
  /** Asked for, with or without an answer. */
  deleting: Set<string>;
  /** Acknowledged. */
  deleted: Set<string>;
  /** By photo: the last acknowledged, and what was asked for since without an answer. */
  written: Map<string, { sure?: Words; perhaps: Words[] }>;
}

export interface Work extends Done {
  /** How many requests failed, and how: for a look at what clients see meanwhile. */
  failures: Map<string, number>;
  stop(): Promise<void>;
}

const film = mp4({ seconds: 1, width: 160, height: 120 });
const padding = (size: number) => Buffer.alloc(size, Math.random().toString());

/** Returns when so many more uploads have been acknowledged. */
export const goOn = (activity: Work, by = 3) => until("uploads to go on", ((before) => () => activity.uploaded.length >= before + by)(activity.uploaded.length));

/** Works until stopped. */
export function work(person: Person, random: Random, { hands = 4, writes = false } = {}): Work {
  const done: Work = {
    uploaded: [],
    deleting: new Set(),
    deleted: new Set(),
    written: new Map(),
    failures: new Map(),
    async stop() {
      on = false;
      await Promise.all(running);
    },
  };
  let on = true;

  const upload = async () => {
    const kind = random.below(10);
    const content = kind === 0 ? Buffer.concat([film, padding(100)]) : kind < 3 ? png(200, 150) : Buffer.concat([jpeg({ width: 800, height: 600 }), padding(random.below(400_000))]);
    const filename = kind === 0 ? "film.mp4" : kind < 3 ? "picture.png" : "photo.jpg";
    const { id, status } = await person.upload(content, { filename });
    if (status === "created") done.uploaded.push({ id, checksum: sha1(content, "hex") });
  };
  const remove = async () => {
    const { id } = done.uploaded[random.below(done.uploaded.length)]!;
    if (done.deleting.has(id)) return;
    done.deleting.add(id);
    await person.deleteAssets({ assetBulkDeleteDto: { ids: [id], force: true } });
    done.deleted.add(id);
  };
  const look = async () => {
    const { id } = done.uploaded[random.below(done.uploaded.length)]!;
    if (!done.deleting.has(id)) await person.getAssetInfo({ id });
  };
  // One hand at a time at one photo, so that there is a last one.
  const inHand = new Set<string>();
  const write = async () => {
    const { id } = done.uploaded[random.below(done.uploaded.length)]!;
    if (done.deleting.has(id) || inHand.has(id)) return;
    const day = new Date(Date.UTC(2021, 0, 1 + random.below(700), 12, 0, random.below(60)));
    const words: Words = { description: `A <b>view</b> & "${random.below(1e6)}" Ä`, rating: 1 + random.below(5), dateTimeOriginal: day.toISOString() };
    const book = done.written.get(id) ?? { perhaps: [] };
    done.written.set(id, book);
    book.perhaps.push(words);
    inHand.add(id);
    try {
      await person.updateAsset({ id, updateAssetDto: words });
      Object.assign(book, { sure: words, perhaps: [] });
    } finally {
      inHand.delete(id);
    }
  };
  const hand = async () => {
    while (on) {
      const choice = done.uploaded.length < 5 ? 0 : random.below(writes ? 14 : 10);
      try {
        await (choice < 6 ? upload() : choice < 8 ? remove() : choice < 10 ? look() : write());
      } catch (error) {
        const { status, message, cause } = error as { status?: number; message: string; cause?: { code?: string } };
        const what = String(status ?? cause?.code ?? message);
        done.failures.set(what, (done.failures.get(what) ?? 0) + 1);
        await sleep(20);
      }
    }
  };
  const running = Array.from({ length: hands }, hand);
  return done;
}
