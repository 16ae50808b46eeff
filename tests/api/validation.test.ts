// How the server says what is wrong with a request, and other rules of HTTP.                                  spec 01, sections 1 and 2
import { expect, test } from "../support/test.ts";

const problems = async (answer: Response) => {
  const body = (await answer.json()) as { message: string; errors?: { path: (string | number)[]; message: string }[] };
  return [answer.status, body.message, body.errors?.map(({ path, message }) => [path.join("."), message])];
};

test("all issues come at once and in the order of the contract", async ({ server }) => {
  const answer = await server.nobody().ask("POST", "/auth/login", { body: { email: 1 } });
  expect(await problems(answer)).toEqual([
    400,
    "Validation failed",
    [
      ["email", "Invalid input: expected email, received number"],
      ["password", "Invalid input: expected string, received undefined"],
    ],
  ]);
});

test("an issue tells a machine what was expected", async ({ server }) => {
  const ada = await server.user();
  const answer = await ada.ask("POST", "/search/metadata", { body: { size: 0, page: 1.5, order: "up", isFavorite: "true" } });
  expect(((await answer.json()) as any).errors).toEqual(
    expect.arrayContaining([
      { origin: "number", code: "too_small", minimum: 1, inclusive: true, path: ["size"], message: "Too small: expected number to be >=1" },
      { expected: "int", format: "safeint", code: "invalid_type", path: ["page"], message: "Invalid input: expected int, received number" },
      { code: "invalid_value", values: ["asc", "desc"], path: ["order"], message: 'Invalid option: expected one of "asc"|"desc"' },
      { expected: "boolean", code: "invalid_type", path: ["isFavorite"], message: "Invalid input: expected boolean, received string" },
    ]),
  );
});

test.for(["nope", "00000000-0000-0000-0000-000000000000", "0190a7a5-8b3c-7a6b-9d1c-000000000000"])("%s is no id", async (id, { server }) => {
  const ada = await server.user();
  const answer = await ada.ask("GET", `/assets/${id}`);
  expect(await problems(answer)).toEqual([400, "Validation failed", [["id", "Invalid UUID"]]]);
});

test("a missing body is not an empty one", async ({ server }) => {
  const ada = await server.user();
  const words = "Invalid input: expected object, received undefined";
  expect(await problems(await ada.ask("PUT", "/users/me/preferences"))).toEqual([400, "Validation failed", [["", words]]]);
  const empty = await ada.ask("PUT", "/users/me/preferences", { body: "", headers: { "content-type": "application/json" } });
  expect(empty.status).toBe(200);
});

test("unknown keys are dropped", async ({ server }) => {
  const ada = await server.user();
  const answer = await ada.ask("PUT", "/users/me?whatever=1", { body: { name: "Ada", deviceId: "x" } });
  expect(answer.status).toBe(200);
});

test("broken JSON is refused before anything else", async ({ server }) => {
  const answer = await server.nobody().ask("POST", "/assets/bulk-upload-check", { body: '{"assets": [', headers: { "content-type": "application/json" } });
  expect([answer.status, await answer.json()]).toEqual([400, { message: expect.any(String) }]);
});

test("an unknown route says what was asked for", async ({ server }) => {
  const answer = await server.nobody().ask("GET", "/nothing/here?a=b");
  expect([answer.status, await answer.json()]).toEqual([404, { message: "Cannot GET /api/nothing/here?a=b" }]);
});

test("paths do not mind their case nor one slash at the end, and HEAD is a GET without its body", async ({ server }) => {
  expect((await server.nobody().ask("GET", "/Server/PING/")).status).toBe(200);
  const head = await server.nobody().ask("HEAD", "/server/ping");
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("an answer carries its correlation id, and the one that was sent", async ({ server }) => {
  expect((await server.nobody().ask("GET", "/server/ping")).headers.get("x-correlation-id")).toMatch(/^[0-9a-z]{1,8}$/);
  const answer = await server.nobody().ask("GET", "/users/me", { headers: { "x-correlation-id": "mine" } });
  expect([answer.status, answer.headers.get("x-correlation-id")]).toEqual([401, "mine"]);
});

test("JSON has a strong tag and is not sent again to who has it", async ({ server }) => {
  const first = await server.nobody().ask("GET", "/server/media-types");
  const etag = first.headers.get("etag")!;
  expect(etag).toMatch(/^"/);
  const second = await server.nobody().ask("GET", "/server/media-types", { headers: { "if-none-match": etag } });
  expect([second.status, await second.text()]).toEqual([304, ""]);
});

test("what is long is compressed for who can read that", async ({ server }) => {
  const ada = await server.admin();
  const answer = await ada.ask("GET", "/system-config", { headers: { "accept-encoding": "gzip" } });
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  expect(await answer.json()).toHaveProperty("ffmpeg");
});

test("strangers learn where the API is", async ({ server }) => {
  const answer = await fetch(`${server.url}/.well-known/immich`);
  expect(await answer.json()).toEqual({ api: { endpoint: "/api" } });
});
