// One setting of the server, as the contract describes it (plugins/contract.ts), and how to reach it in the configuration.
export type SettingGroup = { kind: "group"; path: string; fields: Setting[] };
export type Setting =
  | SettingGroup
  | { kind: "switch"; path: string }
  | { kind: "number"; path: string; whole: boolean; nullable: boolean; min?: number; max?: number }
  | { kind: "text"; path: string }
  | { kind: "texts"; path: string }
  | { kind: "choice"; path: string; values: string[] }
  | { kind: "choices"; path: string; values: string[]; numbers: boolean };

type Tree = Record<string, unknown>;

export function read(config: object, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => (at as Tree | undefined)?.[key], config);
}

export function write(config: object, path: string, value: unknown) {
  const keys = path.split(".");
  const last = keys.pop()!;
  (keys.reduce<unknown>((at, key) => (at as Tree)[key], config) as Tree)[last] = value;
}

export const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What the contract does not say of a field: how to write in it, and what its number counts. */
export const looks: Record<string, { secret?: boolean; lines?: number; mono?: boolean; unit?: "ms" | "days" | "GiB" | "pixels" }> = {
  "oauth.clientSecret": { secret: true },
  "oauth.timeout": { unit: "ms" },
  "oauth.defaultStorageQuota": { unit: "GiB" },
  "notifications.smtp.transport.password": { secret: true },
  "templates.email.welcomeTemplate": { lines: 4 },
  "templates.email.albumInviteTemplate": { lines: 4 },
  "templates.email.albumUpdateTemplate": { lines: 4 },
  "theme.customCss": { lines: 8, mono: true },
  "server.loginPageMessage": { lines: 3 },
  "storageTemplate.template": { mono: true },
  "backup.database.cronExpression": { mono: true },
  "library.scan.cronExpression": { mono: true },
  "integrityChecks.missingFiles.cronExpression": { mono: true },
  "integrityChecks.untrackedFiles.cronExpression": { mono: true },
  "integrityChecks.checksumFiles.cronExpression": { mono: true },
  "integrityChecks.checksumFiles.timeLimit": { unit: "ms" },
  "machineLearning.availabilityChecks.timeout": { unit: "ms" },
  "machineLearning.availabilityChecks.interval": { unit: "ms" },
  "machineLearning.ocr.maxResolution": { unit: "pixels" },
  "image.thumbnail.size": { unit: "pixels" },
  "image.preview.size": { unit: "pixels" },
  "trash.days": { unit: "days" },
  "user.deleteDelay": { unit: "days" },
};
