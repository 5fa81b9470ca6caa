// The router, made of the map in rooms.ts: a room's file and texts are fetched when it is first opened, and until they
// are there the page before it stays.
import { Fragment, Suspense, use, type ComponentType, type ReactNode } from 'react'
import { Route, Routes } from 'react-router'
import { textsFor } from './i18n/index.ts'
import { gates, rooms, type Room } from './rooms.ts'
import { Shell } from './shell.tsx'
import { Boot } from './ui/boot.tsx'
import { Guard } from './ui/broken.tsx'

interface Open {
  Page: ComponentType
  Dress: ComponentType<{ children: ReactNode }>
}
const open = new Map<Room, Open>()
const opening = new Map<Room, Promise<Open>>()

export const openRoom = (room: Room): Promise<Open> => {
  const coming =
    opening.get(room) ??
    Promise.all([room.load(), room.dress?.(), textsFor(room.near)]).then(([file, dress]) => {
      const there = { Page: file.default, Dress: dress?.Dressed ?? Fragment }
      open.set(room, there)
      return there
    })
  opening.set(room, coming)
  // What failed is fetched anew when the room is opened again.
  coming.catch(() => opening.delete(room))
  return coming
}

/** One that is open is drawn in one go: whatever has to wait, React lets wait for a third of a second. */
function Opened({ room }: { room: Room }) {
  const { Page, Dress } = open.get(room) ?? use(openRoom(room))
  return (
    <Dress>
      <Page />
    </Dress>
  )
}

const route = (room: Room) => <Route key={room.path} path={room.path} element={<Opened room={room} />} />

export const Routed = () => (
  <Guard>
    <Suspense fallback={<Boot />}>
      <Routes>
        {gates.map(route)}
        <Route element={<Shell />}>{rooms.map(route)}</Route>
      </Routes>
    </Suspense>
  </Guard>
)
