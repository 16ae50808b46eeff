// All files on their way to the server. Each is read once for its checksum, the server is asked in batches which it has already, and the others
// are sent a few at a time. A lost connection only holds things up: everything goes on when the server answers again.
import { ApiError, call, Unreachable } from "../lib/api";
import { t } from "../messages/index.svelte";
import { reason } from "../ui/toast.svelte";
import { mediaTypes, sorted, type Found } from "./accept";
import { sha1, Unreadable } from "./hash";
import { Pace } from "./pace.svelte";
import { transfer } from "./transfer";
import { Upload } from "./upload.svelte";

const PARALLEL = 3;
/** Files the server is asked about at once, and how long the first of them waits for company. */
const BATCH = 100;
const COMPANY = 300;
/** Tries before a file is given up when the server has trouble, and the longest pause between two tries, in milliseconds. */
const TRIES = 5;
const LONGEST = 30_000;

const backOff = (attempt: number) => Math.min(LONGEST, 1000 * 2 ** attempt) * (0.75 + Math.random() / 2);

class Uploads {
  list = $state.raw<Upload[]>([]);
  paused = $state(false);
  /** The server does not answer; we keep trying. */
  offline = $state(false);
  readonly pace = new Pace();
  private reading = false;
  private asking?: ReturnType<typeof setTimeout>;
  private senders = 0;

  get open() {
    return this.list.filter((upload) => upload.open);
  }

  private get held() {
    return this.paused || this.offline;
  }

  /** Takes files in, whatever they are; those that are no photos or videos are shown as such. */
  async add(found: readonly Found[]) {
    if (!found.length) return;
    const { media, rejected } = sorted(found, await mediaTypes());
    const uploads = media.map(({ file, sidecar }) => new Upload(file, sidecar));
    const refused = rejected.map(({ file }) => {
      const upload = new Upload(file);
      upload.state = "rejected";
      upload.problem = t(/\.xmp$/i.test(file.name) ? "upload.lonelySidecar" : "upload.rejected");
      return upload;
    });
    this.list = [...this.list, ...uploads, ...refused];
    this.work();
  }

  pause() {
    this.paused = true;
    this.pace.forget();
    for (const upload of this.list) if (upload.state === "sending") upload.abort?.abort(new Held());
  }

  resume() {
    this.paused = false;
    this.work();
  }

  retry(upload: Upload) {
    upload.state = upload.checksum ? "ready" : "waiting";
    upload.problem = "";
    upload.attempts = upload.progress = 0;
    this.work();
  }

  retryAll() {
    for (const upload of this.list) if (upload.state === "failed") this.retry(upload);
  }

  /** Takes files off the list; what is under way ends. */
  remove(uploads: readonly Upload[]) {
    const leaving = new Set(uploads);
    this.list = this.list.filter((upload) => !leaving.has(upload));
    for (const upload of leaving) upload.abort?.abort(new Held());
    if (!this.open.length) this.pace.forget();
  }

  cancelAll() {
    this.remove(this.open);
    this.paused = false;
  }

  // ---- the three steps ---------------------------------------------------------------------------------------------------------------

  private work() {
    if (this.held) return;
    void this.read();
    if (this.list.some((upload) => upload.state === "known")) this.askSoon();
    while (this.senders < PARALLEL && this.next("ready")) void this.send();
  }

  private next(state: Upload["state"]) {
    return this.list.find((upload) => upload.state === state);
  }

  /** Checksums, one file after the other: more would only make the disk seek. */
  private async read() {
    if (this.reading) return;
    this.reading = true;
    for (let upload; !this.held && (upload = this.next("waiting")); ) {
      const current = upload;
      current.state = "reading";
      current.abort = new AbortController();
      try {
        current.checksum = await sha1(current.file, current.abort.signal, (bytes) => (current.progress = bytes / Math.max(1, current.file.size)));
        current.state = "known";
        this.askSoon();
      } catch (error) {
        if (!(error instanceof Held)) current.fail(error instanceof Unreadable ? t("upload.unreadable") : reason(error));
      }
      current.progress = 0;
    }
    this.reading = false;
    if (!this.held && this.next("known")) void this.ask();
  }

  private askSoon() {
    if (this.list.filter((upload) => upload.state === "known").length >= BATCH) void this.ask();
    else this.asking ??= setTimeout(() => void this.ask(), COMPANY);
  }

  /** Which of them the server has already. */
  private async ask() {
    clearTimeout(this.asking);
    this.asking = undefined;
    const uploads = this.list.filter((upload) => upload.state === "known").slice(0, BATCH);
    if (!uploads.length || this.held) return;
    for (const upload of uploads) upload.state = "asked";
    try {
      const assets = uploads.map(({ checksum }, i) => ({ id: String(i), checksum }));
      const { results } = await call("checkBulkUpload", { body: { assets } });
      for (const { id, action, assetId, isTrashed } of results) {
        const upload = uploads[Number(id)]!;
        if (action !== "reject") continue;
        upload.state = "duplicate";
        if (assetId) upload.asset = { id: assetId, trashed: isTrashed ?? false };
      }
    } catch (error) {
      // Without an answer they are sent: the server recognises what it has by its checksum all the same.
      if (error instanceof Unreachable) {
        for (const upload of uploads) upload.state = "known";
        this.lost();
      }
    }
    for (const upload of uploads) if (upload.state === "asked") upload.state = "ready";
    this.work();
  }

  private async send() {
    this.senders++;
    for (let upload; !this.held && (upload = this.next("ready")); ) await this.sendOne(upload);
    this.senders--;
    if (!this.open.length) this.pace.forget();
  }

  private async sendOne(upload: Upload) {
    upload.state = "sending";
    upload.abort = new AbortController();
    try {
      const { id, duplicate } = await transfer(upload.file, upload.checksum, upload.sidecar, upload.abort.signal, (share) => {
        upload.progress = share;
        this.pace.note(this.list.reduce((sum, one) => sum + one.sent, 0));
      });
      upload.asset = { id, trashed: false };
      upload.state = duplicate ? "duplicate" : "done";
    } catch (error) {
      upload.progress = 0;
      if (error instanceof Held) upload.state = "ready";
      else if (error instanceof Unreachable) {
        upload.state = "ready";
        // A file that cannot be read any more looks like a lost connection.
        if (await readable(upload.file)) this.lost();
        else upload.fail(t("upload.unreadable"));
      } else if (error instanceof ApiError && (error.status >= 500 || error.status === 429) && ++upload.attempts < TRIES) {
        upload.state = "ready";
        await new Promise((later) => setTimeout(later, backOff(upload.attempts)));
      } else upload.fail(reason(error));
    }
  }

  // ---- a connection that comes and goes ------------------------------------------------------------------------------------------------

  private lost() {
    if (this.offline) return;
    this.offline = true;
    this.pace.forget();
    void this.reconnect();
  }

  private async reconnect() {
    for (let attempt = 0; this.offline; attempt++) {
      await new Promise<void>((later) => {
        setTimeout(later, backOff(attempt));
        addEventListener("online", () => later(), { once: true });
      });
      try {
        await call("pingServer", {});
        this.offline = false;
        this.work();
      } catch {
        // Still away.
      }
    }
  }
}

/** Stopped by the person, not by trouble. */
class Held extends Error {}

async function readable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

export const uploads = new Uploads();
