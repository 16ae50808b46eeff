// The API tests on SQLite, the same on PostgreSQL, what happens when things break on both, and the web tests in Chromium.
//
//     CALOTYPE_BIN                   the program under test; build/calotype if unset
//     CALOTYPE_TEST_POSTGRES_URL     a server on which databases may be created, e.g. postgres://postgres@127.0.0.1:5433/postgres
import { defineConfig } from "vitest/config";

const common = {
  testTimeout: 400_000,
  hookTimeout: 400_000,
  teardownTimeout: 60_000,
  setupFiles: ["support/setup.ts"],
};

export default defineConfig({
  test: {
    reporters: ["default"],
    // Each file starts a server of its own with workers of its own; more than the cores can feed only makes them wait.
    maxWorkers: Number(process.env.CALOTYPE_TEST_JOBS ?? 2),
    projects: [
      { test: { ...common, name: "sqlite", include: ["api/**/*.test.ts"], env: { CALOTYPE_TEST_ENGINE: "sqlite" } } },
      { test: { ...common, name: "postgres", include: ["api/**/*.test.ts"], env: { CALOTYPE_TEST_ENGINE: "postgres" } } },
      { test: { ...common, name: "faults", include: ["faults/**/*.test.ts"], env: { CALOTYPE_TEST_ENGINE: "sqlite" } } },
      { test: { ...common, name: "faults-postgres", include: ["faults/**/*.test.ts"], env: { CALOTYPE_TEST_ENGINE: "postgres" } } },
      { test: { ...common, name: "web", include: ["web/**/*.test.ts"], env: { CALOTYPE_TEST_ENGINE: "sqlite" } } },
      { test: { ...common, name: "web-postgres", include: ["web/**/*.test.ts"], env: { CALOTYPE_TEST_ENGINE: "postgres" } } },
    ],
  },
});
