// What the sidebar and the bar at the bottom offer. Only what works: a feature adds its line when it is there.
import Archive from "@lucide/svelte/icons/archive";
import ChartPie from "@lucide/svelte/icons/chart-pie";
import Clock from "@lucide/svelte/icons/clock-arrow-up";
import Heart from "@lucide/svelte/icons/heart";
import Images from "@lucide/svelte/icons/images";
import ListChecks from "@lucide/svelte/icons/list-checks";
import Settings from "@lucide/svelte/icons/settings";
import Trash from "@lucide/svelte/icons/trash-2";
import Users from "@lucide/svelte/icons/users";
import type { Component } from "svelte";
import type { MessageKey } from "../messages/index.svelte";
import { session } from "./session.svelte";

export type Entry = { href: string; label: MessageKey; icon: Component<any>; /** Not on phones, where only five fit. */ sidebarOnly?: boolean };

export function entries(admin: boolean): Entry[] {
  if (admin) {
    return [
      { href: "/admin/users", label: "users.title", icon: Users },
      { href: "/admin/queues", label: "queues.title", icon: ListChecks },
      { href: "/admin/system-settings", label: "settings.title", icon: Settings },
      { href: "/admin/server-status", label: "server.title", icon: ChartPie },
    ];
  }
  const { preferences, features } = session;
  const all: (Entry | false | undefined)[] = [
    { href: "/photos", label: "photos.title", icon: Images },
    preferences?.recentlyAdded.sidebarWeb && { href: "/recently-added", label: "recentlyAdded.title", icon: Clock, sidebarOnly: true },
    { href: "/favorites", label: "favorites.title", icon: Heart },
    { href: "/archive", label: "archive.title", icon: Archive },
    features?.trash && { href: "/trash", label: "trash.title", icon: Trash },
  ];
  return all.filter((entry) => !!entry);
}
