import { availableParallelism } from 'node:os';

/** Tests run as ES modules from the TypeScript sources; swc only takes the types off, tsc checks them. */
export default {
  roots: ['<rootDir>/__tests__'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/build'],
  // Whole runs wait for a quarter of their time or more: for pauses, silences and each other.
  maxWorkers: Math.max(4, availableParallelism()),
  testTimeout: 60_000,
};
