// Build and development server of the web page.
//
// In development the API is a running server: `probity serve --demo`, or another by
// PROBITY_URL=http://127.0.0.1:8080 npm run dev
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { IndexHtmlTransformContext } from 'vite'
import { defineConfig } from 'vitest/config'
import react from '@vitejs/plugin-react'

const target = process.env.PROBITY_URL ?? 'http://127.0.0.1:8080'

/** Beside each text file its gzip at the highest level: the server hands it out as it is, instead of packing the
    same bytes again for every visitor. */
const packed = {
  name: 'packed',
  apply: 'build' as const,
  closeBundle() {
    const dist = join(import.meta.dirname, 'dist')
    for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|css|html|svg|json)$/.test(name)) continue
      const plain = readFileSync(join(dist, name))
      const small = gzipSync(plain, { level: 9 })
      if (small.length + 64 < plain.length) writeFileSync(join(dist, `${name}.gz`), small)
    }
  },
}

/** One file for each step of the first screen, with all that it needs and no earlier step has brought; the rest is split
    as the rooms share it. `dressed` is Ant Design with what nearly every room has of it. */
const STEPS = [
  { name: 'start', test: /[\\/]src[\\/]start\.ts$/, priority: 4 },
  { name: 'app', test: /[\\/]src[\\/]app\.tsx$/, priority: 3 },
  { name: 'queue', test: /[\\/]alerts[\\/]queue\.tsx$/, priority: 2 },
  { name: 'dressed', test: /[\\/]ui[\\/](dressed|act)\.tsx$/, priority: 1 },
  { name: 'filters', test: /[\\/]alerts[\\/]queue-filters\.tsx$/ },
]

/** Chromium reads a file while it arrives, on a thread of its own, and with this as its first line also makes all its
    functions ready there, instead of one by one on the thread that draws. To other browsers it is a comment. */
const ready = {
  name: 'ready',
  apply: 'build' as const,
  generateBundle: {
    order: 'post' as const,
    handler: (_: unknown, bundle: NonNullable<IndexHtmlTransformContext['bundle']>) => {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk' && ['start', 'app', 'queue'].includes(file.name)) file.code = `//# allFunctionsCalledOnLoad\n${file.code}`
      }
    },
  },
}

/** start.ts asks for the frame and the libraries: the browser may as well begin before it has read start.ts. */
const early = {
  name: 'early',
  apply: 'build' as const,
  transformIndexHtml: {
    order: 'post' as const,
    handler: (_: string, { bundle = {} }: IndexHtmlTransformContext) => {
      const app = Object.values(bundle).find((f) => f.type === 'chunk' && f.name === 'app')
      return app ? [{ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${app.fileName}` }, injectTo: 'head' as const }] : []
    },
  },
}

export default defineConfig({
  plugins: [react(), ready, packed, early],
  server: { proxy: Object.fromEntries(['/api', '/log/', '/docs', '/readyz'].map((path) => [path, { target }])) },
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { output: { codeSplitting: { groups: STEPS } } },
  },
  test: { include: ['src/**/*.test.ts'] },
})
