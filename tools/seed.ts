// Fills a running server with made photos: node tools/seed.ts [URL] [COUNT]. The administrator is signed up if there is none.
import { signUpAdmin } from "../tests/node_modules/@immich/sdk/build/index.js";
import { jpeg, mp4 } from "../tests/support/images.ts";
import { personAt } from "../tests/support/person.ts";

const url = process.argv[2] ?? "http://127.0.0.1:2283";
const count = Number(process.argv[3] ?? 200);
const [email, password] = ["admin@calotype.test", "calotype"];
const api = `${url}/api`;

const nobody = personAt(api, {});
if (!(await nobody.getServerConfig()).isInitialized) {
  await signUpAdmin({ signUpDto: { email, password, name: "Ada" } }, { baseUrl: api });
  console.log(`Signed up ${email} with the password ${password}`);
}
const session = await nobody.login({ loginCredentialDto: { email, password } });
const ada = personAt(api, { ...session, id: session.userId });

const makers = [
  ["Acme", "Pinhole"],
  ["Talbot", "Mousetrap"],
  ["Daguerre", "Box"],
];
const two = (n: number) => String(n).padStart(2, "0");
let next = 0;
async function hand() {
  while (next < count) {
    const i = next++;
    const [make, model] = makers[i % makers.length];
    const day = new Date(Date.UTC(2024, 0, 1) - i * 86_400_000 * 0.7);
    const taken = `${day.getUTCFullYear()}:${two(day.getUTCMonth() + 1)}:${two(day.getUTCDate())} ${two(8 + (i % 12))}:${two(i % 60)}:00`;
    const [width, height] = [
      [1600, 1200],
      [1200, 1600],
      [1920, 1080],
      [1200, 1200],
    ][i % 4];
    if (i % 25 === 24) await ada.upload(mp4({ seconds: 2, taken: day.toISOString() }), { filename: `film-${i}.mp4` });
    else await ada.upload(jpeg({ taken, make, model, width, height, latitude: 40 + (i % 20), longitude: i % 90 }), { filename: `photo-${i}.jpg` });
    if (next % 50 === 0) console.log(`${next} of ${count}`);
  }
}
await Promise.all([hand(), hand(), hand(), hand()]);
console.log(`${count} files for ${email} on ${url}`);
