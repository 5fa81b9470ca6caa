// Build and development server of the web page.
//
// In development the API is a running server: PROBITY_URL=http://127.0.0.1:8080 npm run dev
import { defineConfig, type PluginOption } from 'vite'
import react from '@vitejs/plugin-react'

export default defineConfig(async ({ command }) => {
  const server = process.env.PROBITY_URL
  const plugins: PluginOption[] = [react()]
  if (command === 'serve' && !server && !process.env.VITEST) {
    const { mock } = await import('./dev-mock/plugin.ts')
    plugins.push(mock())
  }
  return {
    plugins,
    server: server
      ? { proxy: Object.fromEntries(['/api', '/log', '/healthz'].map((p) => [p, { target: server, ws: false }])) }
      : {},
    build: { target: 'es2022', sourcemap: false, chunkSizeWarningLimit: 900 },
    test: { include: ['src/**/*.test.ts'] },
  }
})
