// Entry: sets on its way, all at once, what the first screen needs: who is signed in and what the room shows first,
// the texts, the room's own file and the libraries. One after the other they would take as many ways to the server as
// there are of them. Small, and without React: everything here waits for all of it.
import { whenSignedOut } from './api/http.ts'
import { chosenLanguage, loadTexts } from './i18n/load.ts'
import { queries } from './queries.ts'
import { roomAt } from './rooms.ts'
import { SESSION, sessionQuery } from './session-query.ts'
import './ui/frame.css'
import './ui/parts.css'
import './ui/pieces.css'
import './ui/plain.css'

const language = chosenLanguage()
document.documentElement.lang = language
whenSignedOut(() => void queries.invalidateQueries({ queryKey: SESSION }))

const room = roomAt(window.location.pathname)
// What fails here is asked for again, and told, by whoever needs it.
const asked = queries.ensureQueryData(sessionQuery).then(room?.ahead, () => null)
void room?.load().catch(() => null)
void room?.dress?.().catch(() => null)
void loadTexts(language, room?.near).catch(() => null)
void import('./app.tsx').then(({ show }) => show(language, room, asked))
