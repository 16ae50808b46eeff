// One file on its way.
export type State =
  | "waiting" // for its checksum
  | "reading"
  | "known" // the checksum is known, the server's opinion is not
  | "asked"
  | "ready"
  | "sending"
  | "done"
  | "duplicate"
  | "failed"
  | "rejected";

const OPEN: readonly State[] = ["waiting", "reading", "known", "asked", "ready", "sending"];

export class Upload {
  state = $state<State>("waiting");
  /** The share that has been read or sent, 0 to 1. */
  progress = $state(0);
  problem = $state("");
  /** The photo it has become, or was before. */
  asset = $state<{ id: string; trashed: boolean }>();
  checksum = "";
  attempts = 0;
  /** What ends its present request. */
  abort?: AbortController;

  constructor(
    readonly file: File,
    readonly sidecar?: File,
  ) {}

  get open() {
    return OPEN.includes(this.state);
  }

  /** Bytes that are settled, for the sum. */
  get sent() {
    return this.state === "sending" ? this.progress * this.file.size : this.open ? 0 : this.file.size;
  }

  fail(problem: string) {
    this.state = "failed";
    this.problem = problem;
  }
}
