// The queues of jobs: what they are for, what can be started in them, and how they are called in addresses.
import BookImage from "@lucide/svelte/icons/book-image";
import CopyMinus from "@lucide/svelte/icons/copy-minus";
import DatabaseBackup from "@lucide/svelte/icons/database-backup";
import FileScan from "@lucide/svelte/icons/file-search";
import FileText from "@lucide/svelte/icons/file-text";
import FolderSync from "@lucide/svelte/icons/folder-sync";
import FolderTree from "@lucide/svelte/icons/folder-tree";
import Image from "@lucide/svelte/icons/image";
import ListTodo from "@lucide/svelte/icons/list-todo";
import Mail from "@lucide/svelte/icons/mail";
import PencilRuler from "@lucide/svelte/icons/pencil-ruler";
import ScanFace from "@lucide/svelte/icons/scan-face";
import ScanSearch from "@lucide/svelte/icons/scan-search";
import ScanText from "@lucide/svelte/icons/scan-text";
import Search from "@lucide/svelte/icons/search";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import UsersRound from "@lucide/svelte/icons/users-round";
import Video from "@lucide/svelte/icons/video";
import Workflow from "@lucide/svelte/icons/workflow";
import type { Component } from "svelte";
import type { QueueName, QueueResponseDto, ServerFeaturesDto } from "../contract";

export type QueueLook = {
  icon: Component<any>;
  /** "missing": what lacks the result, or all anew. "once": a single job. Nothing: it cannot be started by hand. */
  start?: "missing" | "once";
  feature?: keyof ServerFeaturesDto;
  /** This version has no jobs for it. */
  later?: true;
};

export const queueLooks: Record<QueueName, QueueLook> = {
  thumbnailGeneration: { icon: Image, start: "missing" },
  metadataExtraction: { icon: FileText, start: "missing" },
  sidecar: { icon: FileScan, start: "missing" },
  videoConversion: { icon: Video, start: "missing", later: true },
  faceDetection: { icon: ScanFace, start: "missing", feature: "facialRecognition", later: true },
  facialRecognition: { icon: UsersRound, start: "missing", feature: "facialRecognition", later: true },
  smartSearch: { icon: ScanSearch, start: "missing", feature: "smartSearch", later: true },
  duplicateDetection: { icon: CopyMinus, start: "missing", feature: "duplicateDetection", later: true },
  ocr: { icon: ScanText, start: "missing", feature: "ocr", later: true },
  library: { icon: BookImage, start: "once", later: true },
  storageTemplateMigration: { icon: FolderTree, start: "once", later: true },
  migration: { icon: FolderSync, start: "once", later: true },
  backupDatabase: { icon: DatabaseBackup, start: "once", later: true },
  backgroundTask: { icon: ListTodo },
  integrityCheck: { icon: ShieldCheck, later: true },
  notifications: { icon: Mail, later: true },
  search: { icon: Search, later: true },
  editor: { icon: PencilRuler, later: true },
  workflow: { icon: Workflow, later: true },
};

/** Without anything that could ever have to be done, looked at or resumed. */
export const isAbsent = ({ name, isPaused, statistics }: QueueResponseDto) =>
  queueLooks[name].later === true && !isPaused && Object.values(statistics).every((n) => n === 0);

export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Also of an address that somebody typed: undefined if there is no such queue. */
export function queueOf(address: string): QueueName | undefined {
  return (Object.keys(queueLooks) as QueueName[]).find((name) => kebab(name) === address || name === address);
}
