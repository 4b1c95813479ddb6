import { defineConfig } from "vitest/config";

/** Kinds of test, told apart by name: `x.test.ts` (pure), `x.int.test.ts` (one engine), `x.e2e.test.ts` (the whole system). */
export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,services,infra,start,cli,examples,checks,bench}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.int.test.ts", "**/*.e2e.test.ts", "**/*.infra.test.ts", "**/.sst/**"],
        },
      },
      {
        test: {
          name: "adapters",
          include: ["{packages,services,infra,start,cli,examples,checks,bench}/**/*.int.test.ts"],
          exclude: ["**/node_modules/**", "**/.sst/**"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Needs SST's platform in .sst, so it is part of `npm run check`.
        test: { name: "infra", include: ["infra/**/*.infra.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.e2e.test.ts"],
          globalSetup: ["e2e/shared-system.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Three systems at most: the tests mostly wait, but each system boots on whatever cores there are.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
