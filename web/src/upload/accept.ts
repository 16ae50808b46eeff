// Which files the server takes, by their names' ends; sidecars find the photo or video they belong to.
import type { ServerMediaTypesResponseDto } from "../contract";
import { call } from "../lib/api";

let types: Promise<ServerMediaTypesResponseDto> | undefined;

export function mediaTypes(): Promise<ServerMediaTypesResponseDto> {
  types ??= call("getSupportedMediaTypes", {});
  types.catch(() => (types = undefined));
  return types;
}

/** A file with its folder, if it came with one. */
export type Found = { file: File; folder: string };
export type Sorted = { media: (Found & { sidecar?: File })[]; rejected: Found[] };

const ending = (name: string) => {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot).toLowerCase();
};

export function sorted(found: readonly Found[], { image, video, sidecar }: ServerMediaTypesResponseDto): Sorted {
  const has = (endings: readonly string[]) => (one: Found) => endings.includes(ending(one.file.name));
  const isMedia = has([...image, ...video]);
  const isSidecar = has(sidecar);
  const sidecars = new Map(found.filter(isSidecar).map((one) => [pathOf(one), one]));
  const media = found.filter(isMedia).map((one) => {
    const path = pathOf(one);
    // IMG_1.jpg.xmp, or IMG_1.xmp
    const its = [path, path.slice(0, -ending(path).length)].map((stem) => sidecars.get(`${stem}.xmp`)).find((side) => side);
    if (its) sidecars.delete(pathOf(its));
    return { ...one, sidecar: its?.file };
  });
  // What systems leave in folders is nobody's business.
  const rejected = found.filter((one) => !isMedia(one) && (!isSidecar(one) || sidecars.has(pathOf(one))) && !/^(\.|thumbs\.db$|desktop\.ini$)/i.test(one.file.name));
  return { media, rejected };
}

const pathOf = ({ folder, file }: Found) => `${folder}/${file.name}`.toLowerCase();

/** All files of a drop, those in folders included. Must be called before the event is over. */
export async function filesOf(items: DataTransferItemList): Promise<Found[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map((entry) => filesBelow(entry, "")))).flat();
}

async function filesBelow(entry: FileSystemEntry, folder: string): Promise<Found[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, folder }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const below: Found[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return below;
    for (const one of some) below.push(...(await filesBelow(one, `${folder}/${entry.name}`)));
  }
}
