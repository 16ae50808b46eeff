// Sends one file. fetch() cannot tell how much has been sent; XMLHttpRequest can.
import { ApiError, hooks, Unreachable } from "../lib/api";

export type Sent = { id: string; duplicate: boolean };

export function transfer(file: File, checksum: string, sidecar: File | undefined, signal: AbortSignal, progress: (share: number) => void): Promise<Sent> {
  const form = new FormData();
  const modified = new Date(file.lastModified).toISOString();
  form.append("fileCreatedAt", modified);
  form.append("fileModifiedAt", modified);
  form.append("isFavorite", "false");
  if (sidecar) form.append("sidecarData", sidecar, sidecar.name);
  form.append("assetData", file, file.name);

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop, { once: true });
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onabort = () => reject(signal.reason);
    request.onerror = () => reject(new Unreachable());
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 401) hooks.unauthorized?.();
      if (request.status < 300 && answer?.id) resolve({ id: answer.id, duplicate: answer.status === "duplicate" });
      else reject(new ApiError(request.status, answer?.message ?? `${request.status} ${request.statusText}`));
    };
    request.onloadend = () => signal.removeEventListener("abort", stop);
    request.open("POST", "/api/assets");
    request.setRequestHeader("x-immich-checksum", checksum);
    request.send(form);
  });
}

function parsed(text: string): { id?: string; status?: string; message?: string } | undefined {
  try {
    return JSON.parse(text) as { id?: string; status?: string; message?: string };
  } catch {
    return undefined;
  }
}
