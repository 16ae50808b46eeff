// What the browser is told about the page, and that the page lives within it.
import { expect, jpeg, test } from "../support/browser.ts";

test("the page says what it may do, and wants no more", async ({ server, page, signIn }) => {
  const headers = (await page.goto(server.url))!.headers();
  expect(headers["content-security-policy"]).toMatch(/script-src 'self'(?!.*script-src[^;]*'unsafe-inline').*frame-ancestors 'self'/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("same-origin");

  const refused: string[] = [];
  page.on("console", (message) => void (/Content Security Policy|Refused to/.test(message.text()) && refused.push(message.text())));
  const ada = await server.user();
  await ada.upload(jpeg());
  await server.idle();
  await signIn(page, server, ada);
  await page.locator("img").first().waitFor();
  for (const path of ["/photos", "/admin", "/account"]) {
    await page.goto(`${server.url}${path}`);
    await page.waitForLoadState("networkidle");
  }
  expect(refused).toEqual([]);
});
