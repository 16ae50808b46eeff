// What each word of marks.tsp becomes in openapi.json.
import { $tag, markDeprecated } from "@typespec/compiler";
import { $useAuth } from "@typespec/http";
import { $operationId, getExtensions, setExtension } from "@typespec/openapi";

export const namespace = "Calotype";

export function $feature(context, target, tag) {
  context.call($tag, target, tag);
  for (const op of target.operations.values()) {
    context.call($operationId, op, op.name);
    if (!getExtensions(context.program, op).has("x-calotype-auth")) setExtension(context.program, op, "x-calotype-auth", "user");
  }
}

export function $permission({ program }, target, name) {
  const [known] = program.resolveTypeReference("Calotype.Permission");
  const values = [...(known?.members.values() ?? [])].map((m) => m.value ?? m.name);
  if (!values.includes(name))
    program.reportDiagnostic({ code: "calotype/permission", severity: "error", message: `There is no permission "${name}".`, target });
  setExtension(program, target, "x-immich-permission", name);
}

export const $admin = ({ program }, target) => setExtension(program, target, "x-immich-admin-only", true);

export const $sharedLink = ({ program }, target) => setExtension(program, target, "x-calotype-shared-link", true);

export const $anyKey = ({ program }, target) => setExtension(program, target, "x-calotype-any-key", true);

export const $alsoPatch = ({ program }, target) => setExtension(program, target, "x-calotype-also-patch", true);

export function $open(context, target) {
  const [nobody] = context.program.resolveTypeReference("TypeSpec.Http.NoAuth");
  context.call($useAuth, target, nobody);
  setExtension(context.program, target, "x-calotype-auth", "public");
}

const state = (name) => ({ program }, target) => setExtension(program, target, "x-immich-state", name);
export const $stable = state("Stable");
export const $beta = state("Beta");
export const $alpha = state("Alpha");
export const $internal = state("Internal");
export const $fading = state("Deprecated");

export function $retired(context, target) {
  $fading(context, target);
  markDeprecated(context.program, target, { message: "Kept for older clients." });
  if (target.kind === "Operation") context.call($tag, target, "Deprecated");
}

export const $minProperties = ({ program }, target, n) => setExtension(program, target, "x-minProperties", n);
