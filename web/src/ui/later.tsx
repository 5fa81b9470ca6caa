// A piece that needs Ant Design on a page that does not: it is fetched, in its dress, after the page has been painted.
import { lazy, type ComponentType } from 'react'

/** Resolves when the frame that is being drawn is on the screen. */
const painted = () => new Promise<void>((go) => requestAnimationFrame(() => setTimeout(go)))

export const later = <P extends object>(load: () => Promise<ComponentType<P>>) =>
  lazy<ComponentType<P>>(async () => {
    await painted()
    const [{ Dressed }, Piece] = await Promise.all([import('./dressed.tsx'), load()])
    return {
      default: (props) => (
        <Dressed>
          <Piece {...props} />
        </Dressed>
      ),
    }
  })
