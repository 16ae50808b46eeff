// What the server promises, whatever happened to it: `breaches()` looks into the database and onto the disk and names every breach.
//
//     - an acknowledged upload is there, byte for byte; an acknowledged deletion is done, or its job given up for a reason
//     - what was written about a photo is in the database, and in its sidecar, which is whole
//     - every row has its file, whole; every file has a row, but for the temporary folder
//     - every queue comes to rest; a job that was given up is kept with a reason
//     - every good picture has its thumbnails, or such a job
//     - nothing counts twice: usage is the sum of the files
import { QueueCommand, QueueName } from "@immich/sdk";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { filesBelow } from "../support/paths.ts";
import { sha1, until, type Server } from "../support/test.ts";
import type { Done, Words } from "./work.ts";

type Row = Record<string, string | null>;

/** Rows of a query with text columns only, from whichever database the server has. */
export function rows(server: Server, sql: string): Row[] {
  const url = server.database.env.DB_URL;
  if (url) {
    const json = execFileSync("psql", ["-X", "-q", "-At", url, "-c", `select coalesce(json_agg(t), '[]') from (${sql}) t`], { encoding: "utf8", maxBuffer: 1 << 28 });
    return JSON.parse(json);
  }
  const database = new DatabaseSync(join(server.data, "calotype.db"), { readOnly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

const text = (server: Server, bytes: string) => (server.database.env.DB_URL ? `encode(${bytes}, 'hex')` : `lower(hex(${bytes}))`);
const id = (server: Server, column: string) => (server.database.env.DB_URL ? `replace(${column}::text, '-', '')` : `lower(hex(${column}))`);
const number = (column: string) => `cast(${column} as text)`;
const bare = (uuid: string) => uuid.replaceAll("-", "");

/** Returns when no job is left but those that were given up. Asks the database, so it needs nobody's password. */
export const drained = (server: Server, seconds = 240) =>
  until("the queues to be empty", () => rows(server, "select 1 as one from calotype_job where state <> 'failed'").length === 0, seconds);

/** What was given up meanwhile, because it found no room or its worker died twice, is made on demand, as the nightly tasks do. */
export async function makeUp(server: Server) {
  const admin = await server.admin();
  for (const name of [QueueName.MetadataExtraction, QueueName.ThumbnailGeneration]) {
    await admin.runQueueCommandLegacy({ name, queueCommandDto: { command: QueueCommand.Start, force: false } });
    await drained(server);
  }
}

const unescaped = (xml = "") => xml.replace(/&(lt|gt|amp|quot);/g, (entity) => ({ "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"' })[entity]!);

const words = ({ description, rating, dateTimeOriginal }: Words) => JSON.stringify([description, rating, Date.parse(dateTimeOriginal)]);

/** What a sidecar says, as far as people wrote it; undefined if it is not whole. */
function wordsIn(path: string | null | undefined): string | undefined {
  const xml = path && existsSync(path) ? readFileSync(path, "utf8") : "";
  if (!/^<\?xpacket begin[^]*<\/x:xmpmeta>\s*<\?xpacket end="w"\?>\s*$/.test(xml)) return undefined;
  return words({
    description: unescaped(xml.match(/<dc:description>\s*<rdf:Alt>\s*<rdf:li xml:lang="x-default">([^<]*)</)?.[1]),
    rating: Number(xml.match(/xmp:Rating="(\d)"/)?.[1]),
    dateTimeOriginal: xml.match(/exif:DateTimeOriginal="([^"]*)"/)?.[1] ?? "",
  });
}

/** What was written about photos and is not in the database, or not in the sidecar of a photo whose jobs are done. */
function unwritten(server: Server, done: Done): string[] {
  const found: string[] = [];
  const postgres = server.database.env.DB_URL;
  const taken = postgres ? `cast(extract(epoch from "dateTimeOriginal") * 1000 as bigint)` : `"dateTimeOriginal" / 1000`;
  const facts = rows(
    server,
    `select ${id(server, 'e."assetId"')} as id, description, ${number("rating")} as rating, ${number(taken)} as taken,
       coalesce(${number('"lockedProperties"')}, '') as locked, f.path as sidecar
       from asset_exif e left join asset_file f on f."assetId" = e."assetId" and f.type = 'sidecar'`,
  );
  const byId = new Map(facts.map((row) => [row.id, row]));
  for (const [id, { sure, perhaps }] of done.written) {
    const row = byId.get(bare(id));
    if (!row || !sure) continue;
    const kept = words({ description: row.description ?? "", rating: Number(row.rating), dateTimeOriginal: new Date(Number(row.taken)).toISOString() });
    if (![sure, ...perhaps].map(words).includes(kept)) found.push(`${id}: was to say ${words(sure)}, and says ${kept}`);
    if (!/^([[{][\]}])?$/.test(row.locked!)) found.push(`${id}: ${row.locked} was never put into its sidecar`);
    else if (wordsIn(row.sidecar) !== kept) found.push(`${id}: its sidecar ${row.sidecar} says ${wordsIn(row.sidecar)}, the database ${kept}`);
  }
  return found;
}

/** All breaches, as sentences; none is what one hopes for. Call it when the queues are empty. */
export function breaches(server: Server, done: Done): string[] {
  const found: string[] = [];
  const assets = rows(
    server,
    `select ${id(server, "a.id")} as id, "originalPath" as path, ${text(server, "checksum")} as checksum, type, status,
       (select count(*) from asset_file f where f."assetId" = a.id and f.type in ('preview', 'thumbnail')) as pictures from asset a`,
  );
  const files = rows(server, `select path, type from asset_file`);
  const byId = new Map(assets.map((asset) => [asset.id, asset]));

  for (const { id, checksum } of done.uploaded) {
    const asset = byId.get(bare(id));
    if (asset && asset.checksum !== checksum) found.push(`${id}: its row has the checksum ${asset.checksum}, uploaded was ${checksum}`);
    if (!asset && !done.deleting.has(id)) found.push(`${id}: was acknowledged and is gone`);
  }
  const given_up = rows(server, `select ${number("id")} as id, name, data, reason from calotype_job where state = 'failed'`);
  const excused = (id: string) => given_up.some((job) => bare(typeof job.data === "string" ? job.data : JSON.stringify(job.data)).includes(id));
  for (const id of done.deleted) if (byId.has(bare(id)) && !excused(bare(id))) found.push(`${id}: its deletion was acknowledged, and it is there`);

  found.push(...unwritten(server, done));

  const known = new Set<string>();
  for (const { id, path, checksum } of assets) {
    known.add(path!);
    if (!existsSync(path!)) found.push(`${id}: its file ${path} is missing`);
    else if (sha1(readFileSync(path!), "hex") !== checksum) found.push(`${id}: its file ${path} has other content`);
  }
  for (const { path, type } of files) {
    known.add(path!);
    if (!existsSync(path!) || !statSync(path!).size) found.push(`the ${type} ${path} is missing or empty`);
  }
  for (const { path } of rows(server, `select "profileImagePath" as path from "user" where "profileImagePath" <> ''`)) known.add(path!);
  for (const path of filesBelow(server.data)) {
    const inside = path.slice(join(server.data, "media").length + 1);
    if (/^(upload|library|thumbs|encoded-video|profile)\//.test(inside) && !inside.endsWith("/.immich") && !known.has(path)) found.push(`nobody knows ${path}`);
  }

  for (const job of given_up) if (!job.reason) found.push(`the job ${job.name} ${job.id} was given up without a reason`);
  for (const { id, pictures, status } of assets) {
    if (Number(pictures) < 2 && status === "active" && !excused(id!)) found.push(`${id}: has ${pictures} of its two thumbnails, and no job that says why`);
  }

  for (const { email, usage, sum } of rows(
    server,
    `select email, ${number('"quotaUsageInBytes"')} as usage, ${number(`(select coalesce(sum(e."fileSizeInByte"), 0) from asset a
       join asset_exif e on e."assetId" = a.id where a."ownerId" = u.id)`)} as sum from "user" u`,
  )) if (usage !== sum) found.push(`${email}: uses ${usage} bytes, but has ${sum}`);
  return found;
}
