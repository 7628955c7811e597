import { configDefaults, defineConfig } from "vitest/config";

/** Needs an engine that was started with a flag. */
const wide = "test/wide/**/*.test.ts";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "usual",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, wide],
          pool: "threads",
        },
      },
      {
        extends: true,
        test: {
          name: "wide",
          include: [wide],
          pool: "forks",
          execArgv: ["--experimental-wasm-revectorize"],
        },
      },
    ],
  },
});
