import tseslint from 'typescript-eslint';

/** Time and chance come from the clock, so that a replay meets the same ones (design: the port boundary). */
const worldlyGlobals = ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
  name,
  message: 'Timers come from src/io/clock.ts.',
}));
const worldlyProperties = [
  { object: 'Date', property: 'now', message: 'Time comes from src/io/clock.ts.' },
  { object: 'performance', property: 'now', message: 'Time comes from src/io/clock.ts.' },
  { object: 'Math', property: 'random', message: 'Chance comes from src/io/clock.ts.' },
];
const silencedTypes = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Time comes from src/io/clock.ts.',
  },
];
const casts = {
  // `as const`, and XState's `types: {} as ...`, are declarations and not casts.
  selector:
    'TSAsExpression:not([typeAnnotation.typeName.name="const"]):not([expression.type="ObjectExpression"][expression.properties.length=0])',
  message: 'Casts belong in a codec in src/io.',
};

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'coverage/',
      'tools/',
      'examples/**/*.js',
      'visualizations/viewer/vite.config.ts',
      '**/*.cjs',
      '**/*.mjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // Types for data, interfaces for ports.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // `{ left, out, ...rest }` is how something is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // XState's `types: {} as ...` is a declaration.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/io/clock.ts'],
    rules: {
      'no-restricted-globals': ['error', ...worldlyGlobals],
      'no-restricted-properties': ['error', ...worldlyProperties],
      'no-restricted-syntax': ['error', ...silencedTypes],
    },
  },
  {
    files: ['src/machines/**', 'src/actors/**', 'src/agents/**'],
    rules: { 'no-restricted-syntax': ['error', ...silencedTypes, casts] },
  },
  {
    files: ['test/**', 'bench/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-console': 'off' },
  },
  {
    files: ['visualizations/**'],
    rules: { 'no-restricted-syntax': ['error', casts] },
  },
  { files: ['*.js', '*.ts'], ...tseslint.configs.disableTypeChecked },
);
