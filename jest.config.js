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
  // Whole runs wait for each other more than they compute.
  maxWorkers: '100%',
  testTimeout: 60_000,
};
