// Uploads: a few at a time, each with its progress. What the server has already is not sent again: the checksum is asked for first.
import { call } from "../lib/api";

export type Upload = {
  file: File;
  state: "waiting" | "sending" | "done" | "duplicate" | "failed";
  sent: number;
  problem?: string;
};

export const uploads = $state<Upload[]>([]);

const PARALLEL = 3;
let running = 0;

export function add(files: Iterable<File>) {
  for (const file of files) uploads.push({ file, state: "waiting", sent: 0 });
  while (running < PARALLEL && uploads.some((u) => u.state === "waiting")) void work();
}

export function clearFinished() {
  for (let i = uploads.length - 1; i >= 0; i--) if (!["waiting", "sending"].includes(uploads[i]!.state)) uploads.splice(i, 1);
}

export function retry(upload: Upload) {
  upload.state = "waiting";
  upload.problem = undefined;
  add([]);
}

async function work() {
  running++;
  for (let next; (next = uploads.find((u) => u.state === "waiting")); ) await send(next);
  running--;
}

async function send(upload: Upload) {
  upload.state = "sending";
  try {
    const checksum = await sha1(upload.file);
    if (checksum) {
      const { results } = await call("checkBulkUpload", { body: { assets: [{ id: upload.file.name, checksum }] } });
      if (results[0]?.action === "reject") {
        upload.state = "duplicate";
        return;
      }
    }
    upload.state = (await transfer(upload, checksum)) === 200 ? "duplicate" : "done";
  } catch (error) {
    upload.state = "failed";
    upload.problem = error instanceof Error ? error.message : String(error);
  }
}

/** Only a secure page may hash; and a file that does not fit into memory is hashed by the server alone. */
async function sha1(file: File): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle || file.size > 256 * 1024 * 1024) return undefined;
  const digest = await crypto.subtle.digest("SHA-1", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}

// fetch() can't tell how much was sent; XMLHttpRequest can.
function transfer(upload: Upload, checksum?: string): Promise<number> {
  const { file } = upload;
  const form = new FormData();
  const modified = new Date(file.lastModified).toISOString();
  form.append("fileCreatedAt", modified);
  form.append("fileModifiedAt", modified);
  form.append("assetData", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => (upload.sent = event.loaded / event.total);
    request.onload = () => {
      if (request.status < 300) resolve(request.status);
      else reject(new Error(reason(request.responseText) ?? request.statusText));
    };
    request.onerror = () => reject(new Error("The connection was lost."));
    request.open("POST", "/api/assets");
    if (checksum) request.setRequestHeader("x-immich-checksum", checksum);
    request.send(form);
  });
}

function reason(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return undefined;
  }
}

/** All files of a drop, folders included. */
export async function filesOf(items: DataTransferItemList): Promise<File[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((e) => e !== null);
  return (await Promise.all(entries.map(filesBelow))).flat();
}

async function filesBelow(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: File[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...(await Promise.all(some.map(filesBelow))).flat());
  }
}
