import { defineConfig } from "vitest/config";

/** Three kinds of test, told apart by name: `x.test.ts` (pure), `x.int.test.ts` (one engine), `x.e2e.test.ts` (the whole system). */
export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,services,infra,start,checks}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.int.test.ts", "**/*.e2e.test.ts", "**/.sst/**"],
        },
      },
      {
        test: {
          name: "adapters",
          include: ["{packages,services,infra,start,checks}/**/*.int.test.ts"],
          exclude: ["**/node_modules/**", "**/.sst/**"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.e2e.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
