// The router, made of the map in rooms.ts: a room's file and texts are fetched when it is first opened, and until they
// are there the page before it stays.
import { Suspense, use, type ComponentType } from 'react'
import { Route, Routes } from 'react-router'
import { textsFor } from './i18n/index.ts'
import { gates, rooms, type Room } from './rooms.ts'
import { Shell } from './shell.tsx'
import { Boot } from './ui/boot.tsx'
import { Guard } from './ui/broken.tsx'

const open = new Map<Room, ComponentType>()
const opening = new Map<Room, Promise<ComponentType>>()

export const openRoom = (room: Room): Promise<ComponentType> => {
  const coming =
    opening.get(room) ??
    Promise.all([room.load(), textsFor(room.near)]).then(([file]) => {
      open.set(room, file.default)
      return file.default
    })
  opening.set(room, coming)
  return coming
}

/** One that is open is drawn in one go: whatever has to wait, React lets wait for a third of a second. */
function Opened({ room }: { room: Room }) {
  const Page = open.get(room) ?? use(openRoom(room))
  return <Page />
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
