// Signing up, logging in and out, and who is let in.                                                        spec 01, sections 1 to 8
import { describe, expect, test } from "../support/test.ts";
import { personAt } from "../support/person.ts";

describe("the first run", () => {
  test("the first person becomes the administrator, and nobody after that", async ({ fresh }) => {
    const server = await fresh();
    const nobody = server.nobody();
    expect(await nobody.getServerConfig()).toMatchObject({ isInitialized: false, isOnboarded: false });

    const ada = await nobody.signUpAdmin({ signUpDto: { email: "Ada@Example.com", name: "Ada", password: "secret" } });
    expect(ada).toMatchObject({ email: "ada@example.com", name: "Ada", isAdmin: true, storageLabel: "admin", shouldChangePassword: true, status: "active" });
    expect(ada).toMatchObject({ oauthId: "", quotaSizeInBytes: null, quotaUsageInBytes: 0, deletedAt: null, license: null, profileImagePath: "" });
    expect(ada).not.toHaveProperty("password");
    expect(await nobody.getServerConfig()).toMatchObject({ isInitialized: true });

    const again = nobody.signUpAdmin({ signUpDto: { email: "eve@example.com", name: "Eve", password: "secret" } });
    await expect(again).toFailWith(400, "The server already has an admin");
  });

  test("nobody signs up where setup is switched off", async ({ fresh }) => {
    const server = await fresh({ env: { IMMICH_ALLOW_SETUP: "false" } });
    expect(await server.nobody().getServerConfig()).toMatchObject({ isInitialized: true });
    const attempt = server.nobody().signUpAdmin({ signUpDto: { email: "ada@example.com", name: "Ada", password: "secret" } });
    await expect(attempt).toFailWith(400, "Admin setup is disabled");
  });
});

describe("logging in", () => {
  test("gives a token, whatever the case of the e-mail", async ({ server }) => {
    const ada = await server.user({ name: "Ada" });
    const session = await server.nobody().login({ loginCredentialDto: { email: ada.email.toUpperCase(), password: ada.password } });
    expect(session).toEqual({
      accessToken: expect.stringMatching(/^\w{30,43}$/),
      userId: ada.id,
      userEmail: ada.email,
      name: "Ada",
      isAdmin: false,
      profileImagePath: "",
      shouldChangePassword: false,
      isOnboarded: false,
    });
  });

  test("sets three cookies, and the first of them is enough to come in", async ({ server }) => {
    const ada = await server.user();
    const answer = await server.nobody().ask("POST", "/auth/login", { body: { email: ada.email, password: ada.password } });
    expect(answer.status).toBe(201);
    const { accessToken } = (await answer.json()) as { accessToken: string };
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toHaveLength(3);
    expect(cookies[0]).toMatch(new RegExp(`^immich_access_token=${accessToken}; Max-Age=34560000; Path=/; Expires=[^;]+; HttpOnly; SameSite=Lax$`));
    expect(cookies[1]).toMatch(/^immich_auth_type=password; Max-Age=34560000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(cookies[2]).toMatch(/^immich_is_authenticated=true; Max-Age=34560000; Path=\/; Expires=[^;]+; SameSite=Lax$/);

    const me = await server.nobody().ask("GET", "/users/me", { headers: { cookie: `x=y; immich_access_token=${accessToken}` } });
    expect(await me.json()).toMatchObject({ id: ada.id });
  });

  test("marks cookies as secure behind a proxy that speaks https", async ({ server }) => {
    const ada = await server.user();
    const headers = { "x-forwarded-proto": "https" };
    const answer = await server.nobody().ask("POST", "/auth/login", { body: { email: ada.email, password: ada.password }, headers });
    expect(answer.headers.getSetCookie()[0]).toContain("; Secure; SameSite=Lax");
  });

  test("tells a wrong password and an unknown account by the same words", async ({ server }) => {
    const ada = await server.user();
    for (const email of [ada.email, "nobody@calotype.test"]) {
      const attempt = server.nobody().login({ loginCredentialDto: { email, password: "wrong" } });
      await expect(attempt).toFailWith(401, "Incorrect email or password");
    }
  });

  test("ends with logging out: the token is worth nothing any more", async ({ server }) => {
    const ada = await server.user();
    const answer = await ada.ask("POST", "/auth/logout");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ successful: true, redirectUri: "/auth/login?autoLaunch=0" });
    expect(answer.headers.getSetCookie()).toContain("immich_access_token=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    await expect(ada.getMyUser()).toFailWith(401, "Invalid user token");
  });
});

describe("credentials", () => {
  test("are asked for where they are missing, and only there", async ({ server }) => {
    await expect(server.nobody().getMyUser()).toFailWith(401, "Authentication required");
    expect(await server.nobody().pingServer()).toEqual({ res: "pong" });
  });

  test.for([
    ["x-immich-user-token", ""],
    ["x-immich-session-token", ""],
    ["authorization", "Bearer "],
    ["Authorization", "bearer "],
  ])("a session token may come as %s", async ([header, prefix], { server }) => {
    const ada = await server.user();
    const answer = await server.nobody().ask("GET", "/users/me", { headers: { [header]: prefix + ada.accessToken } });
    expect(await answer.json()).toMatchObject({ id: ada.id });
  });

  test("a session token or an API key may stand in the query", async ({ server }) => {
    const ada = await server.user();
    const { secret } = await ada.createApiKey({ apiKeyCreateDto: { permissions: ["all" as any] } });
    for (const query of [`sessionKey=${ada.accessToken}`, `apiKey=${secret}`]) {
      const answer = await server.nobody().ask("GET", `/users/me?${query}`);
      expect(await answer.json()).toMatchObject({ id: ada.id });
    }
  });

  test("a bad token fails even beside a good API key", async ({ server }) => {
    const ada = await server.user();
    const { secret } = await ada.createApiKey({ apiKeyCreateDto: { permissions: ["all" as any] } });
    const answer = await server.nobody().ask("GET", "/users/me", { headers: { "x-api-key": secret, cookie: "immich_access_token=stale" } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ message: "Invalid user token" });
  });

  test("another scheme of authorization is no credential at all", async ({ server }) => {
    const answer = await server.nobody().ask("GET", "/users/me", { headers: { authorization: "Basic YTpi" } });
    expect([answer.status, await answer.json()]).toEqual([401, { message: "Authentication required" }]);
  });

  test("an administrator's route is closed to others", async ({ server }) => {
    const ada = await server.user();
    await expect(ada.searchUsersAdmin({})).toFailWith(403, "Forbidden");
    expect(await (await server.admin()).searchUsersAdmin({})).toContainEqual(expect.objectContaining({ id: ada.id }));
  });

  test("an unknown share key is refused", async ({ server }) => {
    const answer = await server.nobody().ask("GET", "/timeline/buckets?key=abc");
    expect([answer.status, await answer.json()]).toEqual([401, { message: "Invalid share key" }]);
  });
});

describe("the password", () => {
  test("changes for who knows it, and other sessions end", async ({ server }) => {
    const ada = await server.user();
    const elsewhere = await server.login(ada.email);
    await expect(ada.changePassword({ changePasswordDto: { password: "wrong", newPassword: "long enough" } })).toFailWith(400, "Wrong password");
    expect(await ada.changePassword({ changePasswordDto: { password: ada.password, newPassword: "long enough" } })).toMatchObject({ id: ada.id });
    await expect(elsewhere.getMyUser()).toFailWith(401);
    expect(await ada.getMyUser()).toMatchObject({ id: ada.id });
    expect(await server.login(ada.email, "long enough")).toMatchObject({ id: ada.id });
  });

  test("must have eight characters", async ({ server }) => {
    const ada = await server.user();
    await expect(ada.changePassword({ changePasswordDto: { password: ada.password, newPassword: "short" } })).toFailWith(400, {
      message: "Validation failed",
      errors: [
        {
          origin: "string",
          code: "too_small",
          minimum: 8,
          inclusive: true,
          path: ["newPassword"],
          message: "Too small: expected string to have >=8 characters",
        },
      ],
    });
  });
});

describe("the PIN code", () => {
  test("elevates a session until it is locked again", async ({ server }) => {
    const ada = await server.user();
    expect(await ada.getAuthStatus()).toEqual({ pinCode: false, password: true, isElevated: false });
    await expect(ada.unlockAuthSession({ sessionUnlockDto: { pinCode: "123456" } })).toFailWith(400, "User does not have a PIN code");

    await ada.setupPinCode({ pinCodeSetupDto: { pinCode: "123456" } });
    await expect(ada.setupPinCode({ pinCodeSetupDto: { pinCode: "654321" } })).toFailWith(400, "User already has a PIN code");
    await expect(ada.unlockAuthSession({ sessionUnlockDto: { pinCode: "654321" } })).toFailWith(400, "Wrong PIN code");
    await ada.unlockAuthSession({ sessionUnlockDto: { pinCode: "123456" } });
    expect(await ada.getAuthStatus()).toMatchObject({ pinCode: true, isElevated: true, pinExpiresAt: expect.any(String) });

    await ada.lockAuthSession();
    expect(await ada.getAuthStatus()).toMatchObject({ isElevated: false });
  });

  test("opens nothing for an API key", async ({ server }) => {
    const ada = await server.user();
    await ada.setupPinCode({ pinCodeSetupDto: { pinCode: "123456" } });
    const { secret } = await ada.createApiKey({ apiKeyCreateDto: { permissions: ["all" as any] } });
    const key = personAt(server.api, { apiKey: secret });
    const attempt = key.unlockAuthSession({ sessionUnlockDto: { pinCode: "123456" } });
    await expect(attempt).toFailWith(400, "This endpoint can only be used with a session token");
  });

  test("is changed and removed by who knows it or the password", async ({ server }) => {
    const ada = await server.user();
    await ada.setupPinCode({ pinCodeSetupDto: { pinCode: "123456" } });
    await expect(ada.changePinCode({ pinCodeChangeDto: { newPinCode: "111111" } })).toFailWith(400, "Either password or pinCode is required");
    await ada.changePinCode({ pinCodeChangeDto: { pinCode: "123456", newPinCode: "111111" } });
    await ada.resetPinCode({ pinCodeResetDto: { password: ada.password } });
    expect(await ada.getAuthStatus()).toMatchObject({ pinCode: false });
  });
});

test("guessing is slowed down, knowing is not", async ({ server }) => {
  const ada = await server.user();
  const guess = () => server.nobody().ask("POST", "/auth/login", { body: { email: ada.email, password: "wrong" } });
  for (let i = 0; i < 4; i++) expect((await guess()).status).toBe(401);
  // Asked before, but answered after one who knows the password. Nobody is locked out by somebody else's guesses.
  const order: string[] = [];
  const guesses = Array.from({ length: 3 }, () => guess().then(({ status }) => void order.push(`guess ${status}`)));
  await new Promise((done) => setTimeout(done, 500));
  await server.login(ada.email);
  order.push("login");
  await Promise.all(guesses);
  expect(order).toEqual(["login", "guess 401", "guess 401", "guess 401"]);
});
