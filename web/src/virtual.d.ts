// Made by plugins/contract.ts at build time.
declare module "virtual:contract" {
  export const settings: import("./admin/setting").SettingGroup;
  export const permissions: import("./contract").Permission[];
}
