// A person at the server: every operation of the official SDK with that person's credentials, and a few words for what tests do most.
//
//     const ada = await server.user();
//     const photo = await ada.upload(jpeg());
//     expect(await ada.getAssetInfo({ id: photo.id })).toMatchObject({ type: "IMAGE" });
import * as sdk from "@immich/sdk";
import { createHash } from "node:crypto";
import { io, type Socket } from "socket.io-client";
import { until } from "./until.ts";

type Functions = { [K in keyof typeof sdk as (typeof sdk)[K] extends (...args: any[]) => Promise<any> ? K : never]: (typeof sdk)[K] };
// The last parameter of each operation holds its request options, which are the person's.
type WithoutOptions<F> = F extends (...args: any[]) => infer R
  ? 2 extends Parameters<F>["length"]
    ? (request: Parameters<F>[0]) => R
    : () => R
  : never;
type Operations = { [K in keyof Functions]: WithoutOptions<Functions[K]> };

export interface Credentials {
  id?: string;
  email?: string;
  password?: string;
  accessToken?: string;
  apiKey?: string;
}

export interface UploadOptions extends Partial<Omit<sdk.AssetMediaCreateDto, "assetData">> {
  checksum?: string;
}

export interface Event {
  name: string;
  args: any[];
}

/** A file to send. Node 24 never lets go of what a File's own stream() gave; this one's gives the bytes themselves. */
function fileOf(content: Uint8Array | string, name: string): File {
  const bytes = typeof content === "string" ? Buffer.from(content) : (content as Uint8Array<ArrayBuffer>);
  return Object.assign(new File([bytes], name), { stream: () => new Response(bytes).body! });
}

class Tools {
  readonly api: string;
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly accessToken: string;
  readonly apiKey: string;
  private sockets: Socket[] = [];

  constructor(api: string, credentials: Credentials) {
    this.api = api;
    this.id = credentials.id ?? "";
    this.email = credentials.email ?? "";
    this.password = credentials.password ?? "";
    this.accessToken = credentials.accessToken ?? "";
    this.apiKey = credentials.apiKey ?? "";
  }

  get headers(): Record<string, string> {
    if (this.apiKey) return { "x-api-key": this.apiKey };
    return this.accessToken ? { authorization: `Bearer ${this.accessToken}` } : {};
  }

  /** Uploads one file under `filename` and returns its id and status. */
  async upload(content: Uint8Array | string, options: UploadOptions = {}): Promise<sdk.AssetMediaResponseDto> {
    const { checksum, filename = "photo.jpg", sidecarData, ...rest } = options;
    const dto = { fileCreatedAt: "2024-01-02T03:04:05.000Z", fileModifiedAt: "2024-01-02T03:04:05.000Z", ...rest };
    return sdk.uploadAsset(
      {
        xImmichChecksum: checksum,
        assetMediaCreateDto: {
          ...dto,
          assetData: fileOf(content, filename),
          ...(sidecarData && { sidecarData: new File([sidecarData], `${filename}.xmp`) }),
        },
      },
      { baseUrl: this.api, headers: this.headers },
    );
  }

  /** A bare request below /api, for what the SDK cannot say. */
  async ask(method: string, path: string, options: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal } = {}): Promise<Response> {
    const json = options.body !== undefined && !(options.body instanceof FormData) && typeof options.body !== "string";
    return fetch(`${this.api}${path}`, {
      method,
      redirect: "manual",
      signal: options.signal,
      headers: { ...this.headers, ...(json && { "content-type": "application/json" }), ...options.headers },
      body: json ? JSON.stringify(options.body) : (options.body as BodyInit | undefined),
    });
  }

  /** Connects to the event stream as the official clients do; `events` fills from then on. */
  async listen(): Promise<{ events: Event[]; socket: Socket; next(name: string, seconds?: number): Promise<any[]>; close(): void }> {
    const socket = io(new URL(this.api).origin, {
      path: "/api/socket.io",
      transports: ["websocket"],
      extraHeaders: this.headers,
      forceNew: true,
      reconnection: false,
    });
    this.sockets.push(socket);
    const events: Event[] = [];
    socket.onAny((name, ...args) => events.push({ name, args }));
    await new Promise<void>((done, failed) => {
      socket.once("connect", done);
      socket.once("connect_error", failed);
    });
    return {
      events,
      socket,
      next: (name, seconds) => until(`the event ${name}`, () => events.find((event) => event.name === name)?.args, seconds),
      close: () => void socket.close(),
    };
  }

  hangUp() {
    for (const socket of this.sockets) socket.close();
  }
}

export type Person = Operations & Tools;

export const sha1 = (content: Uint8Array | string, encoding: "hex" | "base64" = "base64") => createHash("sha1").update(content).digest(encoding);

export function personAt(api: string, credentials: Credentials): Person {
  const tools = new Tools(api, credentials);
  return new Proxy(tools, {
    get(target, name) {
      if (name in target) {
        const own = Reflect.get(target, name);
        return typeof own === "function" ? own.bind(target) : own;
      }
      const operation = (sdk as Record<string | symbol, unknown>)[name];
      if (typeof operation !== "function") return undefined;
      return (request: unknown) => {
        const options = { baseUrl: target.api, headers: target.headers };
        return operation.length > 1 ? operation(request, options) : operation(options);
      };
    },
  }) as unknown as Person;
}
