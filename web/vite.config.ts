// Build and development server of the web page.
//
// In development the API is a running server: `probity serve --demo`, or another by
// PROBITY_URL=http://127.0.0.1:8080 npm run dev
import { defineConfig } from 'vitest/config'
import react from '@vitejs/plugin-react'

const target = process.env.PROBITY_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  server: { proxy: Object.fromEntries(['/api', '/log/', '/docs', '/readyz'].map((path) => [path, { target }])) },
  build: { target: 'es2022', sourcemap: false, chunkSizeWarningLimit: 900 },
  test: { include: ['src/**/*.test.ts'] },
})
