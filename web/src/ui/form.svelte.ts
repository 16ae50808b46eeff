// What a form is doing and what is wrong with it: sends at most once at a time, and puts the server's complaints at their fields.
import { ApiError } from "../lib/api";
import { failed } from "./toast.svelte";

export class Form {
  busy = $state(false);
  problems = $state<Record<string, string>>({});

  /** True if it went well. `what` is said when it did not; complaints about fields go to the fields instead, if `known` has them. */
  async send(what: string, work: () => Promise<unknown>, known?: (path: string) => boolean): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problems = {};
    try {
      await work();
      return true;
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : [];
      for (const { path, message } of fields) this.problems[path.join(".")] ??= message;
      const homeless = fields.filter(({ path }) => known && !known(path.join(".")));
      if (!fields.length || homeless.length) failed(what, error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  problem(path: string): string | undefined {
    return this.problems[path];
  }
}
