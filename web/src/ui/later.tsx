// A piece that needs Ant Design on a page that does not: it is fetched, in its dress, after the page has been painted.
import { lazy, type ComponentType } from 'react'
import { Broken } from './broken.tsx'

/** Resolves when the frame that is being drawn is on the screen. */
const painted = () => new Promise<void>((go) => requestAnimationFrame(() => setTimeout(go)))

export const later = <P extends object>(load: () => Promise<ComponentType<P>>) =>
  lazy<ComponentType<P>>(async () => {
    await painted()
    try {
      const [{ Dressed }, Piece] = await Promise.all([import('./dressed.tsx'), load()])
      return {
        default: (props) => (
          <Dressed>
            <Piece {...props} />
          </Dressed>
        ),
      }
    } catch (error) {
      // What the page shows without it stays.
      return { default: () => <Broken error={error} /> }
    }
  })
