// How fast bytes go, averaged over the last seconds, so that the time left does not jump about.
const WINDOW = 8000;

export class Pace {
  /** Bytes per second; zero when nobody knows. */
  speed = $state(0);
  private samples: { at: number; bytes: number }[] = [];

  /** bytes: sent so far, in all. */
  note(bytes: number, now = performance.now()) {
    const last = this.samples.at(-1);
    // A file that begins anew takes back what it had sent.
    if (last && bytes < last.bytes) this.samples = [];
    if (last && now - last.at < 200) return;
    this.samples.push({ at: now, bytes });
    this.samples = this.samples.filter(({ at }) => now - at <= WINDOW);
    const first = this.samples[0]!;
    this.speed = now > first.at ? ((bytes - first.bytes) / (now - first.at)) * 1000 : 0;
  }

  forget() {
    this.samples = [];
    this.speed = 0;
  }
}
