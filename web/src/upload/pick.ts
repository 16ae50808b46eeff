// The Upload buttons, wherever they are, open the one file picker of the app. <Uploads> says how.
let open: (() => void) | undefined;

export function pickFiles() {
  open?.();
}

/** The returned function takes it back, for an effect. */
export function setPicker(picker: () => void): () => void {
  open = picker;
  return () => (open = undefined);
}
