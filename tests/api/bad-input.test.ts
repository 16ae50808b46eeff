// What nobody should send, and what is sent all the same. Each gets a clear answer or costs one job; nothing is lost, nothing leaks, nothing ends.
// Run with a program built with sanitisers (tools/test does), these tests fail on anything that they find.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32, deflateSync } from "node:zlib";
import { describe, expect, jpeg, onTestFinished, png, sha1, test, until, type Person, type Server } from "../support/test.ts";
import { filesBelow, program } from "../support/paths.ts";

/** Sends bytes as they are; returns what comes back until the server closes, falls silent, or `enough` says so. */
function raw(server: Server, pieces: (string | Buffer)[], { pause = 0, enough = (_: string): boolean => false, seconds = 15 } = {}): Promise<string> {
  return new Promise((done) => {
    const socket = connect(server.port, "127.0.0.1");
    let said = "";
    const end = () => {
      clearTimeout(late);
      socket.destroy();
      done(said);
    };
    const late = setTimeout(end, seconds * 1000);
    socket.on("data", (data) => {
      said += data.toString("latin1");
      if (enough(said)) end();
    });
    socket.on("close", end);
    socket.on("error", () => {});
    void (async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(piece);
        if (pause) await sleep(pause);
      }
    })();
  });
}

const statuses = (said: string) => [...said.matchAll(/HTTP\/1\.1 (\d\d\d)/g)].map((match) => Number(match[1]));
const answered = (count: number) => (said: string) => statuses(said).length >= count && said.includes("\r\n\r\n");
/** A request whose body goes out as it is. */
const post = (person: Person, path: string, body: Buffer, headers: Record<string, string>) =>
  fetch(`${person.api}${path}`, { method: "POST", headers: { ...person.headers, ...headers }, body: body as Uint8Array<ArrayBuffer> });
const authorization = (person: Person) => `Authorization: Bearer ${person.accessToken}\r\n`;

/** The same process as before still answers. */
async function unharmed(server: Server) {
  expect(await (await fetch(`${server.api}/server/ping`)).json()).toEqual({ res: "pong" });
  expect(server.log).not.toMatch(/(api|worker-\d+) \(process \d+\) (was killed|ended)/);
}
const inTemporary = (server: Server) => filesBelow(server.data).filter((path) => path.includes("/.tmp/"));

// ---- forms and files -------------------------------------------------------------------------------------------------------------

const part = (name: string, rest: string, content: string | Buffer) =>
  Buffer.concat([Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n`), Buffer.from(content), Buffer.from("\r\n")]);
const dates = Buffer.concat([part("fileCreatedAt", "", "2024-01-02T03:04:05.000Z"), part("fileModifiedAt", "", "2024-01-02T03:04:05.000Z")]);
const asset = (content: Buffer | string, name = "a.jpg") => part("assetData", `; filename="${name}"`, content);
const end = Buffer.from("--b--\r\n");
async function send(person: Person, body: Buffer, headers: Record<string, string> = {}) {
  const answer = await post(person, "/assets", body, { "content-type": "multipart/form-data; boundary=b", ...headers });
  const text = await answer.text();
  return { status: answer.status, message: JSON.parse(text).message as string | undefined, body: text };
}

describe("a form", () => {
  const cases: [string, Buffer, Record<string, string>?][] = [
    ["that ends in the middle of the file", Buffer.concat([dates, asset(jpeg()).subarray(0, 400)])],
    ["that ends in the middle of a header", Buffer.concat([dates, Buffer.from("--b\r\nContent-Disposition: form-da")])],
    ["that ends after a boundary", Buffer.concat([dates, Buffer.from("--b")])],
    ["without an end", Buffer.concat([dates, asset(jpeg())])],
    ["of nothing", Buffer.alloc(0)],
    ["with another boundary", Buffer.concat([dates, asset(jpeg()), end]), { "content-type": "multipart/form-data; boundary=other" }],
    ["without a boundary", Buffer.concat([dates, asset(jpeg()), end]), { "content-type": "multipart/form-data" }],
    ["with a boundary of 5000 characters", Buffer.from("x"), { "content-type": `multipart/form-data; boundary=${"b".repeat(5000)}` }],
    ["with a part without a name", Buffer.concat([dates, Buffer.from("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n"), end])],
    ["with part headers of 100 KB", Buffer.concat([dates, Buffer.from(`--b\r\nX: ${"x".repeat(100_000)}\r\n\r\nx\r\n`), end])],
    ["with 5000 parts", Buffer.concat([...Array.from({ length: 5000 }, (_, i) => part(`f${i}`, "", "x")), end])],
    ["with a field of 20 MB", Buffer.concat([part("fileCreatedAt", "", Buffer.alloc(20 << 20, "x")), end])],
    ["with the file twice", Buffer.concat([dates, asset(jpeg()), asset(jpeg()), end])],
    ["with an empty file", Buffer.concat([dates, asset(""), end])],
    ["with an unsupported file", Buffer.concat([dates, asset(jpeg(), "a.exe"), end])],
    ["with a file without an extension", Buffer.concat([dates, asset(jpeg(), "photo"), end])],
    ["with a date that is none", Buffer.concat([part("fileCreatedAt", "", "2024-02-30T25:61:61Z"), part("fileModifiedAt", "", "x"), asset(jpeg()), end])],
    ["with another checksum than announced", Buffer.concat([dates, asset(jpeg()), end]), { "x-immich-checksum": sha1("other") }],
  ];
  test.for(cases)("%s is refused and leaves nothing", async ([, body, headers], { server }) => {
    const ada = await server.user();
    const { status, message } = await send(ada, body, headers);
    expect([status, message]).toEqual([400, expect.stringMatching(/./)]);
    expect(await ada.getAssetStatistics({})).toMatchObject({ total: 0 });
    await until("nothing to be left", () => filesBelow(server.data).every((path) => !path.includes(`/${ada.id}/`)) && !inTemporary(server).length);
    await unharmed(server);
  });

  test("with a checksum that is none is taken for one without", async ({ server }) => {
    const ada = await server.user();
    for (const checksum of ["x", "=".repeat(28), "g".repeat(40), "a".repeat(5000)]) {
      expect((await send(ada, Buffer.concat([dates, asset(jpeg()), end]), { "x-immich-checksum": checksum })).status).toBe(201);
    }
  });
});

describe("a name", () => {
  const names: [string, string | Buffer, string | RegExp][] = [
    ["of 10,000 characters", `${"n".repeat(10_000)}.jpg`, /^n+\.jpg$/],
    ["that climbs", "../../../../../etc/cron.d/evil.jpg", "evil.jpg"],
    ["that climbs in Windows", "..\\..\\windows\\evil.jpg", "evil.jpg"],
    ["that is only dots", "...jpg", "...jpg"],
    ["of emoji", "🏞️👨‍👩‍👧.jpg", "🏞️👨‍👩‍👧.jpg"],
    ["with right-to-left marks", "cat\u202egpj.jpg", "cat\u202egpj.jpg"],
    ["with line breaks escaped", "a%0D%0AX-Evil: 1.jpg", /\.jpg$/],
    ["with quotes and blanks", "a b';--.jpg", "a b';--.jpg"],
    ["in invalid UTF-8", Buffer.from([0x61, 0xff, 0xfe, 0xc0, 0x80, 0x2e, 0x6a, 0x70, 0x67]), /^a.*\.jpg$/],
  ];
  test.for(names)("%s is kept as text and goes nowhere else", async ([, name, wanted], { server }) => {
    const ada = await server.user();
    const content = jpeg();
    const head = Buffer.concat([Buffer.from(`--b\r\nContent-Disposition: form-data; name="assetData"; filename="`), Buffer.from(name), Buffer.from(`"\r\n\r\n`)]);
    const { status, body } = await send(ada, Buffer.concat([dates, head, content, Buffer.from("\r\n"), end]));
    expect(status, body).toBe(201);
    const info = await ada.getAssetInfo({ id: JSON.parse(body).id });
    expect(info.originalFileName).toEqual(typeof wanted === "string" ? wanted : expect.stringMatching(wanted));
    expect(info.originalPath.startsWith(join(server.data, "media/upload", ada.id))).toBe(true);
    expect(sha1(readFileSync(info.originalPath))).toBe(sha1(content));
    const original = await ada.ask("GET", `/assets/${info.id}/original`);
    expect(original.status).toBe(200);
    expect(original.headers.get("x-evil")).toBeNull();
    expect(await sha1(Buffer.from(await original.arrayBuffer()))).toBe(sha1(content));
    await unharmed(server);
  });

  test("with NUL is refused, or ends where a C program would not", async ({ server }) => {
    const ada = await server.user();
    const head = Buffer.from(`--b\r\nContent-Disposition: form-data; name="assetData"; filename="a\0.exe.jpg"\r\n\r\n`);
    const { status, body } = await send(ada, Buffer.concat([dates, head, jpeg(), Buffer.from("\r\n"), end]));
    expect([201, 400]).toContain(status);
    if (status === 201) expect((await ada.getAssetInfo({ id: JSON.parse(body).id })).originalFileName).not.toContain("\0");
    const field = Buffer.concat([dates, part("filename", "", "b\0c.jpg"), asset(jpeg()), end]);
    expect([201, 400]).toContain((await send(ada, field)).status);
    await unharmed(server);
  });
});

// ---- pictures --------------------------------------------------------------------------------------------------------------------

const chunk = (type: string, content: Buffer) => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const made = Buffer.alloc(body.length + 8);
  made.writeUInt32BE(content.length, 0);
  body.copy(made, 4);
  made.writeUInt32BE(crc32(body), body.length + 4);
  return made;
};

/** A PNG that is true to its word: width × height black pixels, in a few kilobytes. */
function blackPng(width: number, height: number) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A PNG with a compressed text of 200 MB. */
function textBomb() {
  const small = png(8, 8);
  const text = Buffer.concat([Buffer.from("Comment\0\0", "latin1"), deflateSync(Buffer.alloc(200 << 20), { level: 9 })]);
  return Buffer.concat([small.subarray(0, 33), chunk("zTXt", text), small.subarray(33)]);
}

/** A GIF of 65535 × 65535, with `frames` empty frames of that size. */
function gif(frames: number) {
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 2, 0x4c, 1, 0]);
  return Buffer.concat([Buffer.from("GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff", "latin1"), ...Array.from({ length: frames }, () => frame), Buffer.from(";")]);
}

/** A TIFF that claims a strip of 60000 × 60000 pixels; with `loop` its directory follows itself. */
function tiff(loop: boolean) {
  const entries = [[256, 4, 1, 60_000], [257, 4, 1, 60_000], [258, 3, 1, 8], [259, 3, 1, 1], [262, 3, 1, 1], [273, 4, 1, 8], [277, 3, 1, 1], [278, 4, 1, 60_000], [279, 4, 1, 0xf0000000]];
  const made = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  made.write("II*\0", "latin1");
  made.writeUInt32LE(8, 4);
  made.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, count, value], i) => {
    made.writeUInt16LE(tag!, 10 + i * 12);
    made.writeUInt16LE(type!, 12 + i * 12);
    made.writeUInt32LE(count!, 14 + i * 12);
    made.writeUInt32LE(value!, 18 + i * 12);
  });
  made.writeUInt32LE(loop ? 8 : 0, made.length - 4);
  return made;
}

/** A JPEG whose EXIF segment is `exif`. */
function withExif(exif: Buffer) {
  const plain = jpeg();
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(exif.length + 8, 2);
  return Buffer.concat([plain.subarray(0, 2), head, Buffer.from("Exif\0\0", "latin1"), exif, plain.subarray(2)]);
}

test("decompression bombs cost their own job", async ({ server }) => {
  const ada = await server.user();
  const bombs: [string, Buffer][] = [
    ["black.png", blackPng(60_000, 60_000)],
    ["wide.png", blackPng(1_000_000, 100)],
    ["text.png", textBomb()],
    ["frames.gif", gif(3000)],
    ["strip.tiff", tiff(false)],
    ["loop.tiff", tiff(true)],
    ["text.jpg", Buffer.from("This is no picture at all.\n")],
    ["exif-offset.jpg", withExif(Buffer.from("II*\0\xff\xff\xff\x7f", "latin1"))],
    ["exif-loop.jpg", withExif(Buffer.from("II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0", "latin1"))],
    ["exif-count.jpg", withExif(Buffer.from("II*\0\x08\0\0\0\xff\xff\x0f\x01\x02\0\xff\xff\xff\xff\x10\0\0\0", "latin1"))],
    ["exif-cut.jpg", withExif(Buffer.from("MM\0*\0\0\0\x08\0\x09", "latin1"))],
  ];
  const ids: string[] = [];
  for (const [filename, content] of bombs) ids.push((await ada.upload(content, { filename })).id);
  const good = (await ada.upload(jpeg(), { filename: "good.jpg" })).id;
  await server.idle();
  for (const [i, [filename, content]] of bombs.entries()) {
    const id = ids[i]!;
    expect(sha1(Buffer.from(await (await ada.downloadAsset({ id })).arrayBuffer())), filename).toBe(sha1(content));
    // A broken EXIF block does not spoil the picture.
    if (filename.startsWith("exif")) expect((await ada.getAssetInfo({ id })).thumbhash, filename).toEqual(expect.any(String));
  }
  expect((await ada.getAssetInfo({ id: good })).thumbhash).toEqual(expect.any(String));
  await unharmed(server);
});

/** The mean colour of a picture. */
const colour = (picture: Buffer): number[] => [
  ...execFileSync("ffmpeg", ["-v", "error", "-i", "-", "-vf", "scale=1:1:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], { input: picture }),
];

test("an SVG reads no file, fetches nothing, unfolds nothing, and runs nothing when it is looked at", async ({ server }) => {
  const ada = await server.user();
  const folder = mkdtempSync(join(tmpdir(), "calotype-secret-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const red = png(64, 64, [255, 0, 0]);
  writeFileSync(join(folder, "red.png"), red);
  writeFileSync(join(folder, "red.svg"), `<svg xmlns="http://www.w3.org/2000/svg"><rect id="r" width="400" height="400" fill="red"/></svg>`);
  let fetched = 0;
  const trap = createServer((_, answer) => {
    fetched++;
    answer.end(red);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void trap.close());
  await until("the trap to listen", () => trap.address());
  const { port } = trap.address() as { port: number };

  const svg = (content: string, before = "") =>
    `<?xml version="1.0"?>${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" width="400" height="400"><rect width="400" height="400" fill="blue"/>${content}</svg>`;
  const image = (href: string) => `<image width="400" height="400" href="${href}" xlink:href="${href}"/>`;
  const lol = `<!DOCTYPE svg [<!ENTITY a "ha">${Array.from({ length: 30 }, (_, i) => `<!ENTITY ${String.fromCharCode(98 + (i % 24))}${i} "${`&${i ? String.fromCharCode(98 + ((i - 1) % 24)) + (i - 1) : "a"};`.repeat(10)}">`).join("")}]>`;
  const pictures: [string, string, boolean][] = [
    ["file.svg", svg(image(`file://${folder}/red.png`)), true],
    ["path.svg", svg(image(`${folder}/red.png`)), true],
    ["http.svg", svg(image(`http://127.0.0.1:${port}/red.png`)), true],
    ["use.svg", svg(`<use href="file://${folder}/red.svg#r" xlink:href="file://${folder}/red.svg#r"/>`), true],
    ["css.svg", svg(`<style>@import url(http://127.0.0.1:${port}/a.css); rect { fill: url(http://127.0.0.1:${port}/#x) blue; }</style>`), false],
    ["include.svg", svg(`<xi:include href="file://${folder}/red.svg" parse="xml"/>`), true],
    ["entity.svg", svg("<text y='99' font-size='99'>&secret;</text>", `<!DOCTYPE svg [<!ENTITY secret SYSTEM "file://${folder}/red.svg">]>`), false],
    ["remote.svg", svg("", `<!DOCTYPE svg SYSTEM "http://127.0.0.1:${port}/svg.dtd">`), false],
    ["laughs.svg", svg("<text>&g29;</text>", lol), false],
    ["script.svg", svg(`<script>fetch("http://127.0.0.1:${port}/script")</script>`), true],
  ];
  for (const [filename, content, drawn] of pictures) {
    const { id } = await ada.upload(content, { filename });
    await server.idle();
    if (drawn) {
      const thumbnail = Buffer.from(await (await ada.viewAsset({ id })).arrayBuffer());
      const [r, , b] = colour(thumbnail);
      expect(b! - r!, filename).toBeGreaterThan(100);
    }
    const original = await ada.ask("GET", `/assets/${id}/original`);
    expect(original.headers.get("content-security-policy"), filename).toMatch(/default-src 'none'.*sandbox/);
    expect(original.headers.get("x-content-type-options")).toBe("nosniff");
  }
  expect(fetched).toBe(0);
  await unharmed(server);
});

// ---- JSON ------------------------------------------------------------------------------------------------------------------------

describe("JSON", () => {
  const json = async (person: Person, body: string | Buffer, path = "/search/metadata") => {
    const answer = await post(person, path, Buffer.from(body), { "content-type": "application/json" });
    return { status: answer.status, text: await answer.text() };
  };
  test.for<[string, () => string | Buffer, number]>([
    ["of 11 MB", () => `{"make": "${"x".repeat(11 << 20)}"}`, 500],
    ["nested 100,000 deep", () => "[".repeat(100_000) + "]".repeat(100_000), 400],
    ["nested 100,000 deep and cut off", () => '{"a":'.repeat(100_000), 400],
    ["cut off", () => '{"make": "x', 400],
    ["with a text behind it", () => "{} {}", 400],
    ["that is a number", () => "1", 400],
    ["that is nothing", () => "   ", 400],
    ["in invalid UTF-8", () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 200],
    ["with half a surrogate pair", () => '{"make": "\\ud800"}', 200],
    ["with NUL in a text", () => '{"make": "a\\u0000b"}', 200],
    ["with a number beyond all integers", () => '{"size": 1e400}', 400],
    ["with an integer beyond 2^53", () => '{"page": 9007199254740993}', 400],
    ["with a negative page", () => '{"page": -1}', 400],
    ["with a fraction of a page", () => '{"page": 1.5}', 400],
    ["with a number of 100,000 digits", () => `{"size": ${"1".repeat(100_000)}}`, 400],
    ["with 100,000 keys", () => `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":${i}`).join(",")}}`, 200],
    ["with __proto__", () => '{"__proto__": {"isAdmin": true}, "constructor": 1}', 200],
    ["with 50,000 ids that are none", () => `{"albumIds": [${Array.from({ length: 50_000 }, () => '"x"').join(",")}]}`, 400],
    ["with a date beyond all calendars", () => '{"takenAfter": "+275761-01-01T00:00:00.000Z"}', 400],
  ])("%s", async ([, body, status], { server }) => {
    const ada = await server.user();
    const answer = await json(ada, body());
    expect([answer.status, answer.text.slice(0, 300)]).toEqual([status, expect.stringMatching(/^\{/)]);
    if (status >= 400) expect(JSON.parse(answer.text).message).toEqual(expect.stringMatching(/./));
    await unharmed(server);
  });

  test("with a key twice counts the last", async ({ server }) => {
    const ada = await server.user();
    const answer = await json(ada, '{"size": 0, "size": 5}');
    expect(answer.status).toBe(200);
    expect((await json(ada, '{"size": 5, "size": 0}')).status).toBe(400);
  });
});

// ---- connections -----------------------------------------------------------------------------------------------------------------

describe("a connection", () => {
  test("of one byte a second keeps nobody else waiting, and is cut off some day", async ({ server }) => {
    const ada = await server.user();
    const request = `GET /api/server/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const slow = raw(server, [...request].slice(0, 8), { pause: 1000, seconds: 9 });
    for (let i = 0; i < 20; i++) expect((await ada.ask("GET", "/users/me")).status).toBe(200);
    expect(await slow).toBe("");
    // At a less heroic pace the whole request is answered.
    expect(statuses(await raw(server, [...request], { pause: 5, enough: answered(1) }))).toEqual([200]);
    await unharmed(server);
  });

  test("that is cut anywhere in an upload leaves nothing", async ({ server }) => {
    const ada = await server.user();
    const body = Buffer.concat([dates, asset(jpeg({ width: 1600, height: 1200 })), end]);
    const head = Buffer.from(`POST /api/assets HTTP/1.1\r\nHost: x\r\n${authorization(ada)}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${body.length}\r\n\r\n`);
    const whole = Buffer.concat([head, body]);
    for (let cut = 1; cut < whole.length; cut += Math.ceil(whole.length / 60)) {
      await new Promise<void>((done) => {
        const socket = connect(server.port, "127.0.0.1", () => socket.write(whole.subarray(0, cut), () => setTimeout(() => (cut % 2 ? socket.resetAndDestroy() : socket.destroy(), done()), 5)));
        socket.on("error", () => done());
      });
    }
    await until("nothing to be left", () => !inTemporary(server).length);
    expect(await ada.getAssetStatistics({})).toMatchObject({ total: 0 });
    await unharmed(server);
  });

  test("may ask several things at once, and hears the answers in order", async ({ server }) => {
    const requests = ["/api/server/ping", "/api/nothing", "/api/users/me", "/api/server/version"].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(statuses(await raw(server, [requests.join("")], { enough: answered(4) }))).toEqual([200, 404, 401, 200]);
    const login = `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;
    expect(statuses(await raw(server, [(login + requests[0]!).repeat(20)], { enough: answered(40) }))).toEqual(Array.from({ length: 20 }, () => [400, 200]).flat());
    await unharmed(server);
  });

  // A proxy and this server must not disagree about where a request ends. So what could be read in two ways is refused and the connection closed.
  const smuggled = "GET /api/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  const shapes: [string, string][] = [
    ["both lengths", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ["two lengths", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`],
    ["a list of lengths", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 0, ${smuggled.length}\r\n\r\n${smuggled}`],
    ["a signed length", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n${smuggled}`],
    ["a length in hex", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 0x0\r\n\r\n${smuggled}`],
    ["a negative length", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n${smuggled}`],
    ["a length beyond 64 bits", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\n${smuggled}`],
    ["an unknown coding", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n${smuggled}`],
    ["a blank before the colon", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`],
    ["a chunk size that is none", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${smuggled}`],
    ["a chunk size beyond 64 bits", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n${smuggled}`],
    ["a folded header", `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nX: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n`],
    ["no version", `GET /api/server/ping\r\n\r\n`],
    ["NUL in a header", `GET /api/server/ping HTTP/1.1\r\nHost: x\0y\r\n\r\n`],
    ["rubbish", `\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03${"\xff".repeat(200)}\r\n\r\n`],
  ];
  test.for(shapes)("with %s lets nothing through behind", async ([, bytes], { server }) => {
    const said = await raw(server, [Buffer.from(bytes, "latin1")], { seconds: 2 });
    expect(said).not.toContain("smuggled");
    await unharmed(server);
  });

  test("with floods of headers is refused", async ({ server }) => {
    const many = `GET /api/server/ping HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 20_000 }, (_, i) => `X-${i}: ${i}\r\n`).join("")}\r\n`;
    const long = `GET /api/server/ping HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(1 << 20)}\r\n\r\n`;
    const path = `GET /api/${"x".repeat(1 << 20)} HTTP/1.1\r\nHost: x\r\n\r\n`;
    for (const flood of [many, long, path]) {
      const [status] = statuses(await raw(server, [flood], { enough: answered(1), seconds: 5 }));
      if (status) expect([400, 414, 431, 413]).toContain(status);
    }
    await unharmed(server);
  });

  test("with bytes that are no text in path, query and headers", async ({ server }) => {
    const ada = await server.user();
    for (const target of ["/api/%", "/api/%zz", "/api/assets/%ff", "/api/%00", "/api/assets/\xff\xfe", "/api/timeline/bucket?timeBucket=%ff%00", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/api//users/me", "*"]) {
      const said = await raw(server, [Buffer.from(`GET ${target} HTTP/1.1\r\nHost: x\r\n${authorization(ada)}X-Correlation-ID: \xff\xfe\r\nConnection: close\r\n\r\n`, "latin1")], { seconds: 5 });
      const [status] = statuses(said);
      expect(status, target).toBeLessThan(500);
      expect(said).not.toContain("root:");
    }
    await unharmed(server);
  });
});

// ---- credentials that were good ----------------------------------------------------------------------------------------------------

test("an expired session is no session", async ({ server }) => {
  const ada = await server.user();
  const { token } = await ada.createSession({ sessionCreateDto: { duration: 1 } });
  await until("the session to expire", async () => (await server.nobody().ask("GET", "/users/me", { headers: { authorization: `Bearer ${token}` } })).status === 401, 20);
  const answer = await server.nobody().ask("GET", "/users/me", { headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toEqual({ message: "Invalid user token" });
});

// ---- a start that cannot succeed -----------------------------------------------------------------------------------------------------

describe("a start ends with a clear line", () => {
  const serve = (args: string[], env: Record<string, string> = {}) =>
    new Promise<{ code: number | null; said: string }>((done) => {
      const child = spawn(program, ["serve", ...args], { env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
      const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
      child.on("exit", (code) => (clearTimeout(late), done({ code, said })));
    });
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "calotype-start-"));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return made;
  };

  test("when the port is taken", async () => {
    const taken = createTcpServer().listen(0);
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const { code, said } = await serve(["--data", folder(), "--port", String(port)]);
    expect(said).toContain(String(port));
    expect(said).toMatch(/FATAL.*(in use|taken)/i);
    expect(code).not.toBe(0);
  });

  test("when the data directory is a file", async () => {
    const file = join(folder(), "file");
    writeFileSync(file, "");
    const { code, said } = await serve(["--data", file, "--port", "0"]);
    expect(said).toContain(`cannot use the data directory ${file}: Not a directory`);
    expect(code).not.toBe(0);
  });

  // Root may write everywhere but where nobody can.
  test("when the data directory cannot be written", async () => {
    const { code, said } = await serve(["--data", "/proc/calotype", "--port", "0"]);
    expect(said).toContain("cannot use the data directory /proc/calotype");
    expect(code).not.toBe(0);
  });

  test("when the database is none", async () => {
    const data = folder();
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "calotype.db"), "This is no database, but somebody's shopping list. ".repeat(100));
    const { code, said } = await serve(["--data", data, "--port", "0"]);
    expect(said).toMatch(/(FATAL|ERROR).*calotype\.db/);
    expect(code).not.toBe(0);
    expect(readFileSync(join(data, "calotype.db"), "utf8")).toContain("shopping list");
  });
});
